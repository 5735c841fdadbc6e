"""A brand says how it sells: it sees what stops, confirms, and the shelf follows."""

from datetime import timedelta
from typing import Any

import pytest

from bandstand.gate.models import Decision
from bandstand.offers.services import recheck_listed
from bandstand.plumbing import clock
from bandstand.rights.models import BrandStatement
from tests.factories import catalogue, parties, rights
from tests.portals.conftest import Portals
from tests.portals.world import EVIDENCE, phone_on_shelf, printed

NEW = "/portals/brand/rights/statements/new/"
SELLERS = "/portals/brand/sellers/"
CONFIRMED = {"confirmed": "yes"}


def words(**changes: str) -> dict[str, str]:
    return {
        "brand": "aster",
        "market": "US",
        "category": "",
        "status": "no_authorised_channel",
        "from_date": clock.now().date().isoformat(),
        "source": "https://aster.example/us/sellers",
        **changes,
    }


def test_statement_shows_what_it_stops_and_stops_it_once_confirmed(portals: Portals) -> None:
    offer = phone_on_shelf(portals)
    decisions = Decision.objects.count()

    asked = portals.brand.post(NEW, words()).content.decode()

    assert "Allowed → Refused" in asked
    assert "Northgate" in asked
    assert not BrandStatement.objects.exists()
    assert Decision.objects.count() == decisions
    recheck_listed(now=clock.now())
    offer.refresh_from_db()
    assert offer.state == "listed"

    answer = portals.brand.post(NEW, {**words(), **CONFIRMED})

    said = BrandStatement.objects.get()
    assert answer.headers["Location"] == "/portals/brand/rights/"
    assert (said.status, said.market_id, said.category) == ("no_authorised_channel", "US", None)
    recheck_listed(now=clock.now())
    offer.refresh_from_db()
    assert offer.state == "refused"


def test_next_statement_ends_the_one_before_and_lets_the_shelf_in_again(portals: Portals) -> None:
    phone_on_shelf(portals)
    portals.brand.post(NEW, {**words(), **CONFIRMED})
    recheck_listed(now=clock.now())

    asked = portals.brand.post(NEW, words(status="open")).content.decode()
    portals.brand.post(NEW, {**words(status="open"), **CONFIRMED})

    assert "Refused → Allowed" in asked
    before = BrandStatement.objects.get(status="no_authorised_channel")
    after = BrandStatement.objects.get(status="open")
    assert before.until_at == after.from_at


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"from_date": "2020-01-01"}, "This day has passed"),
        ({"from_date": "soon"}, "Write a day as in 2026-11-22"),
        ({"last_day": "2020-01-01"}, "lies before the first"),
        ({"source": ""}, "Say where it is published"),
        ({"status": ""}, "Choose one of the three"),
        ({"brand": "basalt"}, "basalt is not one of"),
        ({"market": "XX"}, "XX is not one of"),
    ],
)
def test_statement_that_cannot_be_right_is_told_and_not_kept(
    portals: Portals, change: dict[str, str], told: str
) -> None:
    answer = portals.brand.post(NEW, {**words(**change), **CONFIRMED})

    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert not BrandStatement.objects.exists()


def test_brand_that_is_not_verified_cannot_make_statements(portals: Portals) -> None:
    portals.aster.verified_at = None
    portals.aster.save(update_fields=["verified_at"])

    answer = portals.brand.post(NEW, {**words(), **CONFIRMED})

    assert answer.status_code in {403, 409}
    assert "not verified yet" in answer.content.decode()
    assert not BrandStatement.objects.exists()


def test_statements_are_made_by_brands_people_alone(portals: Portals) -> None:
    for stranger in (portals.seller, portals.shopper, portals.anonymous):
        assert stranger.post(NEW, {**words(), **CONFIRMED}).status_code in {302, 403}
    assert not BrandStatement.objects.exists()


def test_authorised_sellers_are_one_list_with_what_hangs_below_each(portals: Portals) -> None:
    now = clock.now()
    middle, shop = parties.party(slug="continental"), parties.party(slug="harbor")
    above = rights.grant(
        grantee=middle, brand=portals.mark, delegate_depth=1, status_checked_at=now
    )
    rights.grant(
        grantee=shop, brand=portals.mark, issuer_party=middle, parent=above, level="document",
        evidence=EVIDENCE,
    )  # fmt: skip
    rights.grant(
        grantee=portals.northgate, brand=portals.mark, status_checked_at=now - timedelta(hours=30),
        revoked_at=now, revoke_reason="contract ended",
    )  # fmt: skip
    rights.grant(grantee=shop, brand=catalogue.brand(name="Cobalt"))

    page = portals.brand.get(SELLERS).content.decode()
    sheet = portals.brand.get(f"{SELLERS}?format=csv").content.decode()

    for said in (
        "3 grants", middle.trading_name, "may pass it on 1 time", "document on file", "Revoked",
        "contract ended", "Confirmed 0 min ago", "Confirmed 30 h ago",
    ):  # fmt: skip
        assert said in page
    assert "Cobalt" not in page
    assert EVIDENCE not in page + sheet
    assert sheet.count("\r\n") == 4
    only = portals.brand.get(f"{SELLERS}?state=revoked").content.decode()
    assert "1 grant<" in only
    assert "is not a known level" in portals.brand.get(f"{SELLERS}?level=gold").content.decode()
    assert "Nobody is on record" in portals.other_brand.get(SELLERS).content.decode()
    assert portals.seller.get(SELLERS).status_code == 403


def test_brand_reads_the_answer_without_the_names_of_those_between(portals: Portals) -> None:
    offer = phone_on_shelf(portals)
    url = f"/portals/brand/offers/{printed(offer)}/"
    page = portals.brand.get(url).content.decode()
    assert "published list" in page
    assert "Not on record" in page
    middle = parties.party(slug="continental", trading_name="Continental")
    offer.seller.grants_held.update(until_at=clock.now() - timedelta(days=1))
    parts: dict[str, Any] = {"brand": portals.mark, "category": offer.variant.model.category}
    above = rights.grant(grantee=middle, delegate_depth=1, revoked_at=clock.now(), **parts)
    rights.grant(grantee=offer.seller, issuer_party=middle, parent=above, **parts)
    rights.grant(
        grantee=offer.seller, brand=catalogue.brand(name="Cobalt"), category=parts["category"]
    )

    page = portals.brand.get(url).content.decode()

    answer = page.partition("answer today")[2].partition("</section>")[0]
    assert "AUTH_REVOKED" in answer
    assert "a distributor" in answer
    assert "Continental" not in page
    assert "Cobalt" not in page
