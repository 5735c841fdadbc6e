"""Networks' facts entered by hand: a band, a switch-off, a rule and its end."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import HostContract, Network, NetworkBand, NetworkPolicy, Variant
from bandstand.catalogue.rules import BandRole, CatalogueNotFoundError, MalformedRowError, Trait
from bandstand.catalogue.services import BandEntry, PolicyEntry, SwitchOff
from bandstand.kernel.errors import BadInputError
from bandstand.kernel.words import Answer, Certainty
from bandstand.plumbing.models import AuditEntry
from bandstand.radio import Fit
from tests.factories import catalogue

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
ADA = "ada@lark.example.org"
BAND = BandEntry(
    rat="LTE",
    band="71",
    role=BandRole.PRIMARY,
    from_date=date(2027, 1, 1),
    source="carrier's press release",
    certainty=Certainty.HIGH,
    read_on=TODAY,
)
END = SwitchOff(
    rat="3G",
    last_day=date(2027, 6, 30),
    is_confirmed=True,
    source="carrier's page",
    certainty=Certainty.MEDIUM,
    read_on=TODAY,
)


@pytest.fixture
def host() -> Network:
    host = catalogue.network(code="999-01", name="Lark Host")
    catalogue.network_band(network=host, band="2")
    catalogue.network_band(network=host, rat="UMTS", band="2")
    catalogue.operator_network(network=host)
    return host


@pytest.fixture
def phone(host: Network) -> Variant:  # noqa: ARG001 -- its fits are stored
    phone = catalogue.variant(code="AST-100")
    catalogue.band_claim(variant=phone, bands=("2",))
    catalogue.band_claim(variant=phone, rat="UMTS", bands=("2",))
    services.recompute_fits(now=NOW)
    return phone


def policy(host: Network | None = None, **body: object) -> PolicyEntry:
    return PolicyEntry(
        kind="voice_allow_list",
        body=body or {"allowed": ["AST-200"]},
        network_id=host.id if host else None,
        from_date=date(2027, 1, 1),
        source="carrier's list",
        certainty=Certainty.HIGH,
        read_on=TODAY,
    )


def fit(phone: Variant, host: Network, on: date) -> Fit:
    return queries.fit_on(variant_id=phone.id, network_id=host.id, on=on)


def test_band_is_previewed_on_its_day_and_entered_with_who_and_when(
    host: Network, phone: Variant
) -> None:
    seen = services.preview_band(network_id=host.id, entry=BAND, actor=ADA, now=NOW)
    assert not NetworkBand.objects.filter(band="71").exists()
    services.enter_band(network_id=host.id, entry=BAND, actor=ADA, now=NOW)

    assert [(one.on, one.was_tier.value, one.tier.value) for one in seen.shifts] == [
        (date(2027, 1, 1), "full", "good")
    ]
    row = NetworkBand.objects.get(band="71")
    assert (row.entered_by, row.entered_at, row.read_on) == (ADA, NOW, TODAY)
    assert fit(phone, host, date(2027, 1, 1)).tier.value == "good"
    assert AuditEntry.objects.get().detail["band"] == "LTE 71 primary"


def test_rows_of_one_band_and_role_may_not_overlap(host: Network, phone: Variant) -> None:  # noqa: ARG001 -- a stored fit
    again = replace(BAND, band="2")

    with pytest.raises(MalformedRowError, match="may not overlap"):
        services.enter_band(network_id=host.id, entry=again, actor=ADA, now=NOW)

    assert NetworkBand.objects.count() == 2
    other_role = replace(again, role=BandRole.LIMITED)
    services.enter_band(network_id=host.id, entry=other_role, actor=ADA, now=NOW)
    assert NetworkBand.objects.count() == 3


def test_operator_without_bands_is_sent_to_its_host(host: Network) -> None:
    wren = catalogue.network(code="999-09", name="Wren")
    HostContract.objects.create(network=wren, host=host, source="contract", certainty="high")

    with pytest.raises(MalformedRowError, match="Enter it for Lark Host"):
        services.enter_band(network_id=wren.id, entry=BAND, actor=ADA, now=NOW)


def test_confirmed_switch_off_ends_and_an_announced_one_only_warns(
    host: Network, phone: Variant
) -> None:
    announced = replace(END, is_confirmed=False)
    assert services.enter_switch_off(network_id=host.id, entry=announced, actor=ADA, now=NOW) == 1
    after = date(2027, 7, 1)
    assert fit(phone, host, after).emergency_calls.value == "yes"
    assert "RAT_SUNSET_PLANNED" in fit(phone, host, TODAY).codes

    seen = services.preview_switch_off(network_id=host.id, entry=END, actor=ADA, now=NOW)
    services.enter_switch_off(network_id=host.id, entry=END, actor=ADA, now=NOW)

    assert after in {one.on for one in seen.shifts}
    row = NetworkBand.objects.get(rat="UMTS")
    assert (row.until_date, row.certainty) == (after, "medium")
    assert row.source == "carrier's page; end: carrier's page; end: carrier's page"
    assert fit(phone, host, date(2027, 6, 30)).emergency_calls.value == "yes"
    assert fit(phone, host, after).calls.value == "unknown"
    assert [one.detail["end_was"] for one in AuditEntry.objects.order_by("id")] == ["open", "open"]


def test_switch_off_of_what_is_not_on_the_air_is_refused(host: Network) -> None:
    for entry in (replace(END, rat="GSM"), replace(END, bands=("5",))):
        with pytest.raises(MalformedRowError, match="no such band"):
            services.enter_switch_off(network_id=host.id, entry=entry, actor=ADA, now=NOW)

    assert not NetworkBand.objects.exclude(until_date=None).exists()


def test_rule_is_previewed_entered_and_ended(host: Network, phone: Variant) -> None:
    NetworkBand.objects.filter(rat="UMTS").update(until_date=date(2026, 1, 1))
    Variant.objects.update(volte="yes")
    services.enter_claims(
        variant_id=phone.id,
        entry=services.ClaimEntry(
            source="maker",
            certainty=Certainty.HIGH,
            read_on=TODAY,
            answers={Trait.VOLTE: Answer.YES},
        ),
        actor=ADA,
        now=NOW,
    )

    seen = services.preview_policy(entry=policy(host), actor=ADA, now=NOW)
    services.enter_policy(entry=policy(host), actor=ADA, now=NOW)

    assert [(one.on, one.tier.value) for one in seen.shifts] == [(date(2027, 1, 1), "data_only")]
    rule = NetworkPolicy.objects.get()
    assert (rule.entered_by, rule.read_on) == (ADA, TODAY)
    with pytest.raises(MalformedRowError, match="of this kind is in force"):
        services.enter_policy(entry=policy(host, allowed=["AST-300"]), actor=ADA, now=NOW)

    services.end_policy(
        policy_id=rule.id, last_day=date(2027, 1, 31), reason="withdrawn", actor=ADA, now=NOW
    )
    assert fit(phone, host, date(2027, 1, 31)).tier.value == "data_only"
    assert fit(phone, host, date(2027, 2, 1)).tier.value == "full"
    assert AuditEntry.objects.get(action="policy.end").detail["reason"] == "withdrawn"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "voice_allowlist"}, "voice_allow_list"),
        ({"body": {}}, "List the model codes"),
        ({"body": {"alowed": ["A"]}}, "allowed"),
        ({"last_day": date(2026, 12, 1)}, "must end after it begins"),
        ({"source": ""}, "Name the source"),
        ({"read_on": date(2027, 1, 1)}, "yet to come"),
    ],
)
def test_rule_that_cannot_be_read_is_refused(
    host: Network, change: dict[str, object], said: str
) -> None:
    entry = replace(policy(host), **change)  # type: ignore[arg-type]  # a wrong field on purpose

    for act in (services.preview_policy, services.enter_policy):
        with pytest.raises(BadInputError, match=said):
            act(entry=entry, actor=ADA, now=NOW)

    assert not NetworkPolicy.objects.exists()
    assert not AuditEntry.objects.exists()


def test_rule_is_ended_with_a_reason_and_not_before_it_begins(host: Network) -> None:
    services.enter_policy(entry=policy(host), actor=ADA, now=NOW)
    rule = NetworkPolicy.objects.get()

    for last_day, reason in ((date(2027, 2, 1), " "), (date(2026, 12, 1), "withdrawn")):
        with pytest.raises(MalformedRowError):
            services.end_policy(
                policy_id=rule.id, last_day=last_day, reason=reason, actor=ADA, now=NOW
            )
    with pytest.raises(CatalogueNotFoundError):
        services.end_policy(
            policy_id=host.id, last_day=TODAY, reason="withdrawn", actor=ADA, now=NOW
        )

    assert NetworkPolicy.objects.get().until_date is None
