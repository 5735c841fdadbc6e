"""The demo shop is filled through the real services, once."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_django
from stdnum import imei

from bandstand.catalogue.models import Variant
from bandstand.config import demo
from bandstand.config.demo.identities import identities_are_stated, letter_waits
from bandstand.config.demo.imeis import test_imei as imei_of
from bandstand.config.demo.published import list_is_read
from bandstand.config.rehearsals.scratch import scratch_database
from bandstand.gate.models import Decision
from bandstand.gate.rules import Activity
from bandstand.gate.services import may
from bandstand.offers.models import Offer, Unit
from bandstand.parties.models import IdentityField, Party, Person
from bandstand.parties.queries.identity import statements_waiting_count
from bandstand.rights.models import (
    Document,
    Grant,
    ListClaim,
    ListedGrant,
    ListSnapshot,
    PartyDomain,
)

pytestmark = pytest.mark.usefixtures("filled")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def silent(_line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def filled(
    django_db_modify_db_settings: None,  # noqa: ARG001 -- starts the server
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[None]:
    """Fill one scratch database for all tests here; none of them changes what the others read."""
    with django_db_blocker.unblock(), scratch_database():
        demo.fill(now=NOW, say=silent)
        yield


def test_most_is_on_sale_some_in_review_some_refused() -> None:
    states = Counter(Offer.objects.values_list("state", flat=True))

    assert states["listed"] >= 50
    assert states["in_review"] >= 3
    assert states["refused"] >= 6


def test_every_refusal_says_why_and_not_all_say_the_same() -> None:
    refused = Offer.objects.filter(state="refused").values_list("last_decision_id", flat=True)
    decisions = Decision.objects.filter(pk__in=refused)
    reasons = {tuple(sorted(one["code"] for one in row.reasons)) for row in decisions}

    assert all(reasons)
    assert len(reasons) >= 5


def test_brand_sells_its_band_and_buds_where_its_phones_are_refused() -> None:
    xiaomi = Offer.objects.filter(variant__model__brand__slug="xiaomi")

    on_sale = set(
        xiaomi.filter(state="listed").values_list("variant__model__category__slug", flat=True)
    )
    phones = set(
        xiaomi.filter(variant__model__category__slug="phone").values_list("state", flat=True)
    )
    assert on_sale == {"wearable", "audio"}
    assert phones == {"refused"}


def test_a_second_filling_adds_nothing() -> None:
    before = [model.objects.count() for model in (Offer, Unit, Variant, Person)]

    demo.fill(now=NOW, say=silent)

    assert [model.objects.count() for model in (Offer, Unit, Variant, Person)] == before


def test_phones_have_valid_test_imeis_and_other_goods_have_none() -> None:
    phones = Unit.objects.filter(offer__variant__model__category__slug="phone")
    others = Unit.objects.exclude(offer__variant__model__category__slug="phone")

    assert all(
        imei.is_valid(unit.imei) and unit.imei.startswith("00") for unit in phones if unit.imei
    )
    assert not phones.filter(imei=None).exists()
    assert set(others.values_list("imei", flat=True)) == {None}


def test_a_demo_left_open_for_days_still_sells() -> None:
    offer = Offer.objects.filter(state="listed", condition="new").select_related("variant").first()
    assert offer is not None

    decision = may(
        action=Activity.ORDER_COMMIT,
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market_id,
        condition=offer.condition,
        actor="mira@example.org",
        now=NOW + timedelta(days=10),
    )

    assert decision.result == "allow"


def test_imeis_differ_and_check() -> None:
    made = {imei_of(number) for number in range(100)}

    assert len(made) == 100
    assert all(imei.is_valid(one) for one in made)


def test_grants_of_one_brand_come_of_a_list_that_was_read() -> None:
    grants = Grant.objects.filter(issuer_brand__slug="motorola")
    listed = ListedGrant.objects.get(grant__in=grants)

    assert grants.count() == 1
    assert listed.seller_key == "domain:northgate.example"
    assert ListSnapshot.objects.get(source=listed.source).accepted
    assert ListClaim.objects.get(source=listed.source).seller_key == "domain:elsewhere.example"
    motorolas = Offer.objects.filter(variant__model__brand__slug="motorola", state="listed")
    assert motorolas.exists()


def test_console_has_a_letter_and_identities_to_review() -> None:
    waiting = Document.objects.get()

    assert (waiting.state, waiting.seller.slug, waiting.flags) == ("waiting", "harbor", [])
    assert "Harbor Phones LLC" in waiting.text_found
    stated = Counter(IdentityField.objects.values_list("party__slug", flat=True))
    assert stated == {"northgate": 8, "harbor": 4, "pacific-cell": 2}
    assert statements_waiting_count() == 11


def test_second_reading_of_what_the_sellers_show_adds_nothing() -> None:
    keys = {one.slug: one.id for one in Party.objects.all()}
    rows = (Document, IdentityField, Grant, ListSnapshot, PartyDomain)
    before = [one.objects.count() for one in rows]

    identities_are_stated(keys=keys, now=NOW)
    letter_waits(keys=keys, now=NOW)
    list_is_read(keys=keys, actor="system:demo", now=NOW)

    assert [one.objects.count() for one in rows] == before
