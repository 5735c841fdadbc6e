import pytest
from django.test import Client

from bandstand.catalogue import queries
from bandstand.catalogue.models import BandClaim, Variant
from bandstand.plumbing.models import AuditEntry
from tests.console.conftest import Callers
from tests.factories import catalogue


@pytest.fixture
def phone(callers: Callers) -> Variant:  # noqa: ARG001 -- there must be a shop
    made = catalogue.variant(code="AST-100")
    for source, bands in (("maker's page", ("2",)), ("forum", ("2", "4"))):
        catalogue.band_claim(variant=made, bands=bands, source=source, state="conflict")
    return made


def url(phone: Variant) -> str:
    return f"/console/quality/{phone.slug}/"


def states() -> dict[str, str]:
    return dict(BandClaim.objects.values_list("source", "state"))


def test_operator_settles_a_conflict_with_a_reason_and_history_stays(
    operator: Client, phone: Variant
) -> None:
    stands = BandClaim.objects.get(source="maker's page")
    assert "in conflict" in operator.get(url(phone)).content.decode()

    answer = operator.post(
        url(phone), {"claim": f"bands:{stands.id}", "reason": "The maker measured it."}
    )

    assert answer.status_code == 302
    assert states() == {"maker's page": "current", "forum": "superseded"}
    assert not queries.capability_of(phone.id).disputed_bands
    assert AuditEntry.objects.get(action="claim.settle").detail["reason"] == (
        "The maker measured it."
    )
    shown = operator.get(url(phone)).content.decode()
    assert "superseded" in shown
    assert "No two sources disagree" in shown


@pytest.mark.parametrize("missing", ["claim", "reason"])
def test_settling_needs_a_claim_and_a_reason(
    operator: Client, phone: Variant, missing: str
) -> None:
    stands = BandClaim.objects.get(source="forum")
    typed = {"claim": f"bands:{stands.id}", "reason": "Seen on the box."}
    typed[missing] = ""

    answer = operator.post(url(phone), typed)

    assert answer.status_code == 400
    assert set(states().values()) == {"conflict"}
    assert typed["reason"] in answer.content.decode()


def test_nobody_else_sees_or_settles(callers: Callers, phone: Variant) -> None:
    stands = BandClaim.objects.get(source="forum")
    for client in callers.strangers.values():
        got = client.post(url(phone), {"claim": f"bands:{stands.id}", "reason": "Mine."})

        assert got.status_code in (302, 403)
        assert "quality" not in got.headers.get("Location", "").partition("?")[0]
        assert set(states().values()) == {"conflict"}
