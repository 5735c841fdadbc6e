"""Every page of the console, four callers each."""

import pytest
from django.urls import reverse

from bandstand.gate.models import Hold
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.models import Offer
from bandstand.orders import queries
from bandstand.orders.models import OrderLine
from bandstand.plumbing.models import AuditEntry, Letter
from tests.console.conftest import Callers
from tests.factories import gate, offers, orders

LISTS = (
    "inbox", "offers", "orders", "holds", "new_hold", "notices", "letters", "quality", "ledger",
    "journal", "audit",
)  # fmt: skip


def require_closed(callers: Callers, url: str, *, method: str = "get") -> None:
    codes = {
        who: getattr(client, method)(url, {"reason": "x", "confirmed": "yes"}).status_code
        for who, client in callers.strangers.items()
    }
    assert codes == {"anonymous": 302, "shopper": 403, "seller": 403}, url


@pytest.mark.parametrize("name", LISTS)
def test_list_opens_to_the_operator_alone(callers: Callers, name: str) -> None:
    url = reverse(f"console:{name}")

    require_closed(callers, url)

    assert callers.operator.get(url).status_code == 200


def test_anonymous_caller_is_sent_to_sign_in_and_back(callers: Callers) -> None:
    answer = callers.anonymous.get("/console/orders/?q=LK")

    assert answer.headers["Location"] == "/account/login/?next=%2Fconsole%2Forders%2F%3Fq%3DLK"


def test_pages_of_one_thing_open_to_the_operator_alone(callers: Callers) -> None:
    offer = offers.offer()
    order = orders.paid(offer)
    hold = gate.hold(seller_id=offer.seller_id)
    letter = Letter.objects.order_by("queued_at").first()
    assert letter is not None
    urls = (
        f"/console/offers/{print_id(IdKind.OFFER, offer.id)}/",
        f"/console/orders/{order.public_id}/",
        f"/console/holds/{print_id(IdKind.HOLD, hold.id)}/",
        f"/console/letters/{letter.id}/",
        "/console/ledger/account/?code=pay.seller&currency=USD",
    )

    for url in urls:
        require_closed(callers, url)
        assert callers.operator.get(url).status_code == 200, url


def test_deeds_of_strangers_change_nothing(callers: Callers) -> None:
    offer = offers.offer()
    order = orders.paid(offer)
    line = queries.order_page(order.id).lines[0]
    hold = gate.hold(brand_id=offer.variant.model.brand_id)
    before = AuditEntry.objects.count()
    printed = print_id(IdKind.HOLD, hold.id)
    urls = (
        f"/console/offers/{print_id(IdKind.OFFER, offer.id)}/decide/",
        f"/console/orders/{order.public_id}/{line.public_id}/release/",
        f"/console/orders/{order.public_id}/{line.public_id}/cancel/",
        f"/console/orders/{order.public_id}/{line.public_id}/passport/",
        f"/console/holds/{printed}/lift/",
        f"/console/holds/{printed}/widen/",
        f"/console/holds/{printed}/stay/",
        "/console/holds/new/",
    )

    for url in urls:
        require_closed(callers, url, method="post")

    assert Offer.objects.get().state == "listed"
    assert OrderLine.objects.get().state == "paid"
    assert Hold.objects.get().lifted_at is None
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "url",
    [
        "/console/offers/ofr_nonsense/",
        "/console/offers/ofr_00000000000000000000000000/",
        "/console/orders/hld_00000000000000000000000000/",
        "/console/holds/hld_00000000000000000000000000/",
        "/console/notices/ntc_00000000000000000000000000/",
        "/console/letters/00000000-0000-0000-0000-000000000000/",
        "/console/ledger/account/?code=pay.seler&currency=USD",
    ],
)
def test_address_that_names_nothing_is_told_as_a_page(callers: Callers, url: str) -> None:
    answer = callers.operator.get(url)

    assert answer.status_code == 404
    assert b"This is not here" in answer.content


def test_account_that_is_misspelled_is_answered_with_what_was_meant(callers: Callers) -> None:
    answer = callers.operator.get("/console/ledger/account/?code=pay.seler&currency=USD")

    assert b"Did you mean pay.seller" in answer.content
