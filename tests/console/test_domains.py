"""A domain that looks like another's name: a person decides, with a reason."""

import pytest

from bandstand.plumbing import clock
from bandstand.rights.models import BrandDomain
from tests.console.conftest import Callers
from tests.factories import catalogue


@pytest.fixture
def lookalike(callers: Callers) -> BrandDomain:  # noqa: ARG001 -- opens the shop
    return BrandDomain.objects.create(
        brand=catalogue.brand(name="Aster"),
        domain="xn--ster-53d.example",
        challenge="bandstand-brand=aster",
        asked_at=clock.now(),
        asked_by="rights@aster.example.org",
        looks_like="Aster",
        method="dns_txt",
    )


def url_of(domain: BrandDomain) -> str:
    return f"/console/review/domains/{domain.id}/"


def test_lookalike_waits_on_the_list_and_shows_its_letters(
    callers: Callers, lookalike: BrandDomain
) -> None:
    assert (
        url_of(lookalike) in callers.operator.get("/console/review/?kind=domain").content.decode()
    )

    page = callers.operator.get(url_of(lookalike)).content.decode()

    assert "U+0078" in page
    assert "Aster" in page


def test_lookalike_is_refused_with_a_reason_and_by_staff_alone(
    callers: Callers, lookalike: BrandDomain
) -> None:
    said = {"verdict": "refuse", "reason": "It is not the brand's."}
    for client in callers.strangers.values():
        assert client.post(url_of(lookalike), said).status_code in {302, 403}
    assert callers.operator.post(url_of(lookalike), {"verdict": "refuse"}).status_code == 400
    lookalike.refresh_from_db()
    assert lookalike.refused_at is None

    callers.operator.post(url_of(lookalike), said)

    assert BrandDomain.objects.get().refused_at is not None
    assert callers.operator.get(url_of(lookalike)).status_code == 404
