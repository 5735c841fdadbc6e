"""Staff enter facts by hand: form, preview of the fits that change, confirmation, history."""

from datetime import date

import pytest
from django.test import Client

from bandstand.catalogue import services
from bandstand.catalogue.models import BandClaim, Network, NetworkBand, NetworkPolicy, Variant
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.models import Offer
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from tests.console.conftest import Callers
from tests.factories import catalogue, offers

ROOM = "/console/quality/"
SOURCE = {
    "source": "https://aster.example/one/specs",
    "certainty": "high",
    "read_on": "2026-11-01",
}
CLAIM = {"bands_lte": "2, 4, 12", "volte": "yes", **SOURCE}
CONFIRMED = {"confirmed": "yes"}


@pytest.fixture
def host(callers: Callers) -> Network:  # noqa: ARG001 -- there must be a shop
    host = Network.objects.get(operatornetwork__position=1)
    NetworkBand.objects.filter(network=host).delete()
    for band in ("2", "12"):
        catalogue.network_band(network=host, band=band)
    catalogue.network_band(network=host, rat="UMTS", band="2")
    return host


@pytest.fixture
def phone(host: Network) -> Variant:  # noqa: ARG001 -- a network to fit
    made = catalogue.variant(code="AST-100", volte="unknown")
    catalogue.band_claim(variant=made, bands=("2",), source="spec site")
    services.recompute_fits(now=clock.now())
    return made


def test_claim_is_previewed_then_entered_and_its_history_says_who(
    operator: Client, phone: Variant
) -> None:
    url = f"{ROOM}{phone.slug}/enter/"
    assert "Enter a claim" in operator.get(f"{ROOM}{phone.slug}/").content.decode()
    assert operator.get(url).status_code == 200

    asked = operator.post(url, CLAIM).content.decode()

    assert "Another source says otherwise about 4G" in asked
    assert "AST-100" in asked
    assert BandClaim.objects.count() == 1
    assert not AuditEntry.objects.filter(action="claim.enter").exists()

    answer = operator.post(url, {**CLAIM, **CONFIRMED})
    assert answer.headers["Location"] == f"{ROOM}{phone.slug}/"
    assert set(BandClaim.objects.values_list("state", flat=True)) == {"conflict"}
    shown = operator.get(f"{ROOM}{phone.slug}/").content.decode()
    assert "ada@lark.example.org" in shown
    assert "Settle what they disagree about" in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": ""}, "A fact without one is not taken"),
        ({"read_on": "soon"}, "Write a day as in 2026-11-22"),
        ({"read_on": "2031-01-01"}, "yet to come"),
        ({"bands_lte": "15"}, "LTE has no band “15”"),
        ({"bands_lte": "", "volte": "unknown"}, "Nothing is said"),
    ],
)
def test_claim_that_cannot_be_taken_is_told_and_kept_in_its_fields(
    operator: Client, phone: Variant, change: dict[str, str], said: str
) -> None:
    answer = operator.post(f"{ROOM}{phone.slug}/enter/", {**CLAIM, **change})

    assert answer.status_code in (400, 422)
    assert said in answer.content.decode()
    assert f'value="{ {**CLAIM, **change}["bands_lte"] }"' in answer.content.decode() or not (
        change.get("bands_lte", "x")
    )
    assert BandClaim.objects.count() == 1


def test_preview_can_be_opened_again_with_what_was_typed(operator: Client, phone: Variant) -> None:
    shown = operator.post(f"{ROOM}{phone.slug}/enter/", {**CLAIM, "edit": "yes"})

    assert shown.status_code == 200
    assert 'value="2, 4, 12"' in shown.content.decode()


def test_band_switch_off_and_rule_are_entered_on_the_networks_page(
    operator: Client, host: Network, phone: Variant
) -> None:
    url = f"{ROOM}networks/{host.id}/"
    band = {"rat": "LTE", "band": "71", "role": "primary", "from_date": "2026-01-01", **SOURCE}
    end = {"rat": "UMTS", "last_day": "2026-10-31", "is_confirmed": "on", **SOURCE}
    rule = {"allowed": "AST-200\nAST-300", "from_date": "2026-01-01", **SOURCE}

    for path, typed in (("band/", band), ("end/", end), ("rule/?kind=voice_allow_list", rule)):
        assert operator.get(url + path).status_code == 200
        asked = operator.post(url + path, typed)
        assert asked.status_code == 200, asked.content.decode()[-3000:]
        assert "Fits that change" in asked.content.decode()
        assert operator.post(url + path, {**typed, **CONFIRMED}).status_code == 302

    assert NetworkBand.objects.get(band="71").from_date == date(2026, 1, 1)
    assert NetworkBand.objects.get(rat="UMTS").until_date == date(2026, 11, 1)
    stored = NetworkPolicy.objects.get()
    assert stored.body == {"allowed": ["AST-200", "AST-300"]}
    shown = operator.get(url).content.decode()
    assert "allowed: AST-200, AST-300" in shown
    assert shown.count("ada@lark.example.org") >= 3

    ended = operator.post(
        f"{ROOM}rules/{stored.id}/end/", {"last_day": "2026-11-01", "reason": "Withdrawn."}
    )
    assert ended.status_code == 302
    assert NetworkPolicy.objects.get().until_date == date(2026, 11, 2)
    assert phone.code in str(BandClaim.objects.get().variant)


RULES: dict[str, dict[str, object]] = {
    "certification_required": {"certified": "AST-100"},
    "volte_required_to_activate": {},
    "activation_block": {"codes": "AST-900", "except": ""},
    "emergency_call_rule": {
        "fails": "AST-900",
        "verified": "",
        "unknown_import": "block",
        "volte_required": "on",
    },
    "volte_not_provisioned": {"codes": "AST-900"},
    "band_disabled": {"bands": "LTE 12", "codes": "AST-900"},
    "sim_forms": {"forms": ["esim"]},
    "carrier_notice": {"text": "Ask the carrier first.", "about": "unlisted"},
}


@pytest.mark.parametrize("kind", RULES)
def test_every_kind_of_rule_can_be_entered_for_every_network(
    operator: Client, host: Network, kind: str
) -> None:
    typed = {**RULES[kind], "from_date": "2026-01-01", **SOURCE, **CONFIRMED}
    where = "every" if kind == "band_disabled" else str(host.id)

    answer = operator.post(f"{ROOM}networks/{where}/rule/?kind={kind}", typed)

    assert answer.status_code == 302, answer.content.decode()[-3000:]
    rule = NetworkPolicy.objects.get()
    assert rule.kind == kind
    assert operator.get(f"{ROOM}networks/{where}/").status_code == 200


def test_wrong_kinds_and_networks_lead_nowhere(operator: Client, host: Network) -> None:
    urls = (
        f"{ROOM}networks/{host.id}/rule/?kind=voice_allowlist",
        f"{ROOM}networks/nowhere/",
        f"{ROOM}networks/{print_id(IdKind.OFFER, host.id)}/rule/?kind=sim_forms",
    )

    assert [operator.get(url).status_code for url in urls] == [404, 404, 404]
    assert "Did you mean voice_allow_list" in operator.get(urls[0]).content.decode()


def test_phone_is_found_by_name_and_unknown_names_say_what_is_near(
    operator: Client, phone: Variant
) -> None:
    assert f"{ROOM}{phone.slug}/" in operator.get(f"{ROOM}find/?q=AST-100").content.decode()
    assert operator.get(f"{ROOM}find/").status_code == 200
    assert operator.get(f"{ROOM}find/?q=nothing+like+it").status_code == 404


def test_nobody_else_sees_or_enters_facts(callers: Callers, host: Network, phone: Variant) -> None:
    urls = (
        f"{ROOM}find/",
        f"{ROOM}networks/",
        f"{ROOM}networks/{host.id}/",
        f"{ROOM}networks/{host.id}/band/",
        f"{ROOM}networks/{host.id}/end/",
        f"{ROOM}networks/every/rule/?kind=sim_forms",
        f"{ROOM}rules/{host.id}/end/",
        f"{ROOM}{phone.slug}/enter/",
    )
    for url in urls:
        codes = {
            who: client.post(url, {**CLAIM, **CONFIRMED}).status_code
            for who, client in callers.strangers.items()
        }
        assert codes == {"anonymous": 302, "shopper": 403, "seller": 403}, url

    assert BandClaim.objects.count() == 1
    assert not NetworkPolicy.objects.exists()


def test_offer_page_and_facts_page_tell_of_a_fit_that_changed(
    operator: Client, host: Network
) -> None:
    offer: Offer = offers.offer()
    catalogue.band_claim(variant=offer.variant, bands=("2", "12"))
    services.recompute_fits(now=clock.now())

    url = f"/console/offers/{print_id(IdKind.OFFER, offer.id)}/"
    shown = operator.get(url).content.decode()
    listing = operator.get(ROOM).content.decode()

    assert host.name in shown
    assert "The fit this was listed with has changed" in shown
    assert "Listed with another fit" in listing
    assert print_id(IdKind.OFFER, offer.id) in listing
