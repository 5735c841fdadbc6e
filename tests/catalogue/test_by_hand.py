"""Facts entered by hand: filed beside what sources say, previewed by the write itself."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import AnswerClaim, BandClaim, NetworkPolicy, StoredFit, Variant
from bandstand.catalogue.queries.claims import answer_history
from bandstand.catalogue.rules import CatalogueNotFoundError, MalformedRowError, Trait
from bandstand.catalogue.services import ClaimEntry
from bandstand.kernel.errors import BadInputError
from bandstand.kernel.words import Answer, Certainty
from bandstand.plumbing.models import AuditEntry
from tests.factories import catalogue

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADA = "ada@lark.example.org"
ENTRY = ClaimEntry(
    source="https://aster.example/one/specs",
    certainty=Certainty.HIGH,
    read_on=date(2026, 11, 20),
    bands={"LTE": "2, 4, 12"},
)


@pytest.fixture
def phone() -> Variant:
    host = catalogue.network(code="999-01", name="Lark Host")
    for band in ("2", "12"):
        catalogue.network_band(network=host, band=band)
    catalogue.network_band(network=host, rat="UMTS", band="2", until_date=date(2022, 7, 1))
    catalogue.operator_network(network=host)
    phone = catalogue.variant(
        model=catalogue.device_model(brand=catalogue.brand(name="Aster"), name="One"),
        code="AST-100",
    )
    catalogue.band_claim(variant=phone, bands=("2",), source="spec site", certainty="medium")
    services.recompute_fits(now=NOW)
    return phone


def enter(phone: Variant, entry: ClaimEntry = ENTRY) -> None:
    services.enter_claims(variant_id=phone.id, entry=entry, actor=ADA, now=NOW)


def preview(phone: Variant, entry: ClaimEntry = ENTRY) -> services.FactPreview:
    return services.preview_claims(variant_id=phone.id, entry=entry, actor=ADA, now=NOW)


def stored() -> list[tuple[str, str]]:
    return list(StoredFit.objects.order_by("from_date").values_list("tier", "inputs_hash"))


def test_claim_that_disagrees_makes_a_conflict_and_overwrites_nothing(phone: Variant) -> None:
    enter(phone)

    claims = {one.source: one for one in queries.claim_history(phone.id)}
    assert {one.state.value for one in claims.values()} == {"conflict"}
    assert claims["spec site"].bands == ("2",)
    entered = claims[ENTRY.source]
    assert (entered.bands, entered.entered_by, entered.entered_at) == (("2", "4", "12"), ADA, NOW)
    assert entered.read_on == date(2026, 11, 20)
    assert {str(one) for one in queries.capability_of(phone.id).bands} == {"LTE 2"}
    log = AuditEntry.objects.get(action="claim.enter")
    assert (log.actor, log.detail["LTE"]) == (ADA, "2, 4, 12")


def test_preview_says_what_would_change_and_changes_nothing(phone: Variant) -> None:
    before = stored()
    volte = replace(ENTRY, bands={}, answers={Trait.VOLTE: Answer.YES})

    seen = preview(phone, volte)

    (shift,) = seen.shifts
    assert (shift.was_tier.value, shift.tier.value, shift.is_better) == ("unknown", "good", True)
    assert (seen.better, seen.worse, seen.conflicts) == (1, 0, ())
    assert "Aster One (AST-100)" in shift.variant
    assert stored() == before
    assert not AnswerClaim.objects.exists()
    assert not AuditEntry.objects.exists()

    enter(phone, volte)
    fit = queries.stored_fit(
        variant_id=phone.id, network_id=queries.default_network().id, on=NOW.date()
    )
    assert fit is not None
    assert fit.tier is shift.tier


def test_preview_names_the_conflict_that_it_would_make(phone: Variant) -> None:
    assert preview(phone).conflicts == ("4G",)


def test_answers_that_disagree_are_unknown_again(phone: Variant) -> None:
    yes = replace(ENTRY, bands={}, answers={Trait.ESIM: Answer.YES, Trait.VOLTE: Answer.UNKNOWN})
    enter(phone, yes)
    assert Variant.objects.get().esim == "yes"

    enter(phone, replace(yes, source="the box", answers={Trait.ESIM: Answer.NO}))

    assert Variant.objects.get().esim == "unknown"
    assert {one.state.value for one in answer_history(phone.id)} == {"conflict"}


def test_source_that_says_anew_supersedes_itself_and_stays_in_the_history(phone: Variant) -> None:
    enter(phone, replace(ENTRY, source="spec site"))

    states = [(one.bands, one.state.value) for one in queries.claim_history(phone.id)]
    assert states == [(("2",), "superseded"), (("2", "4", "12"), "current")]


def test_spec_sheet_text_and_unknown_are_read(phone: Variant) -> None:
    enter(
        phone,
        replace(
            ENTRY, bands={"UMTS": "HSDPA 850 / 1700(AWS) / 1900", "NR": "unknown", "GSM": "850 900"}
        ),
    )

    said = {one.rat: one.bands for one in queries.claim_history(phone.id)}
    assert said["UMTS"] == ("2", "4", "5")
    assert said["NR"] == ()
    assert said["GSM"] == ("850", "900E")


def test_band_that_firmware_keeps_off_becomes_a_rule_about_the_code(phone: Variant) -> None:
    enter(phone, replace(ENTRY, source="spec site", bands={"LTE": "2 12"}))
    off = replace(ENTRY, bands={}, disabled="LTE 12", disabled_from=date(2026, 1, 1))

    seen = preview(phone, off)
    enter(phone, off)

    rule = NetworkPolicy.objects.get()
    assert (rule.kind, rule.network, rule.entered_by) == ("band_disabled", None, ADA)
    assert [shift.tier.value for shift in seen.shifts] == []  # unknown calls stay unknown
    fit = queries.fit_on(
        variant_id=phone.id, network_id=queries.default_network().id, on=NOW.date()
    )
    assert "BAND_DISABLED" in fit.codes


def test_release_fills_a_gap_and_is_not_overwritten(phone: Variant) -> None:
    said = replace(ENTRY, bands={}, released_on=date(2026, 2, 1))
    enter(phone, said)
    assert Variant.objects.get().model.released_on == date(2026, 2, 1)

    with pytest.raises(MalformedRowError, match="2026-02-01; this says 2025-02-01"):
        enter(phone, replace(said, released_on=date(2025, 2, 1)))

    assert Variant.objects.get().model.released_on == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (replace(ENTRY, source=" "), "Name the source"),
        (replace(ENTRY, read_on=date(2026, 11, 24)), "yet to come"),
        (replace(ENTRY, bands={}), "Nothing is said"),
        (replace(ENTRY, bands={"LTE": "15"}), "LTE has no band “15”"),
        (replace(ENTRY, bands={"LTD": "12"}), "LTD"),
        (replace(ENTRY, bands={"LTE": "N/A"}), "left empty"),
        (replace(ENTRY, bands={"LTE": "850 / 900"}), "Write band numbers"),
        (replace(ENTRY, bands={}, disabled="LTE 1299"), "LTE has no band"),
    ],
)
def test_claim_that_cannot_be_read_is_refused_and_nothing_is_written(
    phone: Variant, entry: ClaimEntry, said: str
) -> None:
    for act in (preview, enter):
        with pytest.raises(BadInputError, match=said):
            act(phone, entry)

    assert BandClaim.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_unknown_variant_is_named(phone: Variant) -> None:
    with pytest.raises(CatalogueNotFoundError):
        services.enter_claims(variant_id=phone.model_id, entry=ENTRY, actor=ADA, now=NOW)
