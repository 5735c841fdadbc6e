"""Two sources that disagree: both stay in sight until someone settles it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import AnswerClaim, BandClaim, Variant
from bandstand.catalogue.rules import ClaimState, MalformedRowError
from bandstand.kernel.words import Answer, Certainty
from bandstand.plumbing.models import AuditEntry
from bandstand.radio import ReasonCode, Tier
from tests.catalogue.tables import DEVICES, NETWORKS, device, network, write_tables

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def load(folder: Path, *lines: str) -> services.LoadReport:
    networks = NETWORKS + network(band="2") + network(band="12")
    write_tables(folder, devices=DEVICES + "".join(lines), networks=networks)
    return services.load_tables(directory=folder, now=NOW)


def test_sources_that_disagree_are_both_in_conflict(tmp_path: Path) -> None:
    load(tmp_path, device(bands="2 12"), device(bands="2", source="blog"))

    states = BandClaim.objects.values_list("source", "state")
    assert dict(states) == {"maker": ClaimState.CONFLICT, "blog": ClaimState.CONFLICT}
    page = queries.variant_page("aster-one-as1")
    assert page.has_conflict
    assert [one.variant.code for one in queries.conflicts()] == ["AS1"]
    assert queries.quality_by_brand()[0].conflicts == 1


def test_conflict_is_relied_on_by_nobody(tmp_path: Path) -> None:
    load(tmp_path, device(bands="2 12"), device(bands="2", source="blog"))
    phone, host = queries.variant_by_code("Aster/AS1"), queries.network_by_code("999-01")

    capability = queries.capability_of(phone.id)
    fit = queries.fit_on(variant_id=phone.id, network_id=host.id, on=NOW.date())

    assert {str(one) for one in capability.bands} == {"LTE 2"}
    assert {str(one) for one in capability.disputed_bands} == {"LTE 12"}
    assert fit.tier is Tier.GOOD  # full if the maker is right; that is not known
    assert fit.confidence is Certainty.LOW
    assert ReasonCode.SOURCE_CONFLICT in fit.codes
    chart = queries.chart_bands(variant_id=phone.id, network_id=host.id, on=NOW.date())
    assert {one.band: one.has_it.value for one in chart} == {"2": "yes", "12": "unknown"}


def test_settling_keeps_the_history_and_a_reload_does_not_reopen_it(tmp_path: Path) -> None:
    lines = (device(bands="2 12"), device(bands="2", source="blog"))
    load(tmp_path, *lines)
    maker = BandClaim.objects.get(source="maker")

    services.settle_bands(
        claim_id=maker.id, actor="ops@lark.example.org", reason="read the maker's page", now=NOW
    )
    again = load(tmp_path, *lines)

    assert (again.added, again.changed) == (0, 0)
    phone = queries.variant_by_code("Aster/AS1")
    assert {str(one) for one in queries.capability_of(phone.id).bands} == {"LTE 2", "LTE 12"}
    kept = {one.source: one.state.value for one in queries.claim_history(phone.id)}
    assert kept == {"maker": "current", "blog": "superseded"}
    assert AuditEntry.objects.get().detail["stands"] == "maker"
    assert queries.conflicts() == []


def test_settling_needs_a_reason(tmp_path: Path) -> None:
    load(tmp_path, device(bands="2 12"), device(bands="2", source="blog"))
    maker = BandClaim.objects.get(source="maker")

    with pytest.raises(MalformedRowError):
        services.settle_bands(claim_id=maker.id, actor="ops@lark.example.org", reason=" ", now=NOW)

    assert set(BandClaim.objects.values_list("state", flat=True)) == {ClaimState.CONFLICT}


def test_source_that_corrects_itself_supersedes_what_it_said(tmp_path: Path) -> None:
    load(tmp_path, device(bands="2"))

    report = load(tmp_path, device(bands="2 12"))

    assert report.changed == 1
    history = queries.claim_history(queries.variant_by_code("Aster/AS1").id)
    assert [(one.bands, one.state.value) for one in history] == [
        (("2",), "superseded"),
        (("2", "12"), "current"),
    ]


def test_unknown_bands_of_one_source_do_not_dispute_another(tmp_path: Path) -> None:
    load(tmp_path, device(bands="2 12"), device(bands="unknown", source="blog"))

    assert set(BandClaim.objects.values_list("state", flat=True)) == {ClaimState.CURRENT}


def test_yes_and_no_about_volte_are_unknown_until_settled(tmp_path: Path) -> None:
    load(tmp_path, device(volte="yes"), device(volte="no", source="blog"))
    volte = AnswerClaim.objects.get(trait="volte", source="blog")

    assert Variant.objects.get().volte == Answer.UNKNOWN
    assert volte.state == ClaimState.CONFLICT
    assert queries.capability_of(volte.variant_id).conflicts == ("calls over 4G",)

    services.settle_answer(
        claim_id=volte.id, actor="ops@lark.example.org", reason="tried it", now=NOW
    )

    assert Variant.objects.get().volte == Answer.NO
    assert queries.capability_of(volte.variant_id).volte is Answer.NO
