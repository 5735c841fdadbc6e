"""Trading in at the shop: found, asked, quoted, agreed, followed, chosen, paid."""

import re

import pytest
from django.test import Client

from bandstand.catalogue.models import Tac, Variant
from bandstand.offers.models import Offer
from bandstand.orders.links import order_token
from bandstand.orders.queries import OrderRow
from bandstand.plumbing import clock
from bandstand.trade_in import services
from bandstand.trade_in.links import trade_in_link
from bandstand.trade_in.models import CreditPayout, TradeIn
from bandstand.trade_in.rules import Question, TradeInState
from tests.factories import catalogue, offers, orders, trade_in

pytestmark = pytest.mark.django_db
YES = dict.fromkeys((one.value for one in Question), "yes")


@pytest.fixture
def phone() -> Offer:
    """Put a new phone on the shelf."""
    orders.shop()
    return offers.offer(units=3)


@pytest.fixture
def old(phone: Offer) -> Variant:
    """List what an old phone brings."""
    assert phone.state == "listed"
    return trade_in.taken()


@pytest.fixture
def order(phone: Offer) -> OrderRow:
    """Let Mira buy it."""
    return orders.paid(phone)


def quote(client: Client, old: Variant, path: str = "/trade-in/", **said: str) -> TradeIn:
    answer = client.post(path, {"v": old.slug, **YES, **said})
    assert answer.status_code == 302, answer.content.decode()
    return TradeIn.objects.get()


def test_a_phone_is_found_by_its_name_and_its_values_are_shown(
    client: Client, old: Variant
) -> None:
    first = client.get("/trade-in/")
    found = client.post("/trade-in/", {"name": f"Aster Two {old.code}"}, follow=True)
    page = found.content.decode()

    assert first.status_code == 200
    assert "Trade in your Aster Two" in page
    for value in ("$200.00", "$150.00", "$60.00", "$10.00"):
        assert value in page
    assert page.count('type="radio"') == 3 * len(Question)


def test_a_phone_is_found_by_its_imei_which_is_in_no_page(client: Client, old: Variant) -> None:
    imei = trade_in.imei()
    Tac.objects.create(tac=imei[:8], variant=old, source="the maker", certainty="high")

    asked = client.post("/trade-in/", {"imei": imei})
    page = asked.content.decode()
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert sealed is not None
    answer = client.post("/trade-in/", {"v": old.slug, "sealed": sealed.group(1), **YES})

    assert imei not in page
    assert answer.status_code == 302
    assert TradeIn.objects.get().imei_masked == f"ends in {imei[-4:]}"


def test_a_phone_that_is_not_taken_is_said_with_others(client: Client, old: Variant) -> None:
    other = catalogue.variant(model=catalogue.device_model(brand=old.model.brand, name="Twenty"))

    answer = client.get("/trade-in/", {"v": other.slug})

    assert answer.status_code == 404
    assert "We take Aster Two" in answer.content.decode()


def test_what_was_not_answered_is_asked_again(client: Client, old: Variant) -> None:
    said = {**YES}
    said.pop("screen_whole")

    answer = client.post("/trade-in/", {"v": old.slug, **said})
    locked = client.post("/trade-in/", {"v": old.slug, **YES, "lock_removed": "no"})

    assert (answer.status_code, locked.status_code) == (422, 422)
    assert "Answer yes, no or not sure." in answer.content.decode()
    assert "Find My" in locked.content.decode()
    assert not TradeIn.objects.exists()


def test_an_altered_seal_is_refused(client: Client, old: Variant) -> None:
    answer = client.post("/trade-in/", {"v": old.slug, "sealed": "forged", **YES})

    assert answer.status_code == 422
    assert not TradeIn.objects.exists()


def test_a_quote_is_accepted_for_an_order_by_its_link(
    client: Client, old: Variant, order: OrderRow
) -> None:
    start = f"/order/{order_token(order.id)}/trade-in/"
    one = quote(client, old, start)
    link = trade_in_link(one.reference)
    shown = client.get(link, {"order": order_token(order.id)}).content.decode()
    bad = client.post(f"{link}accept/", {"order": "nonsense", "imei": "1", "is_mine": "on"})
    still = trade_in.fresh(one).state
    done = client.post(
        f"{link}accept/",
        {
            "order": f"https://shop.lark.example/order/{order_token(order.id)}/",
            "imei": trade_in.imei(),
            "is_mine": "on",
        },
        follow=True,
    )

    assert order_token(order.id) in shown
    assert bad.status_code == 422
    assert "does not open an order" in bad.content.decode()
    assert still == TradeInState.QUOTED.value
    assert "1 Quay Street" in done.content.decode()
    assert one.reference in client.get(start).content.decode()


def test_an_imei_that_is_wrong_is_said_at_its_field(
    client: Client, old: Variant, order: OrderRow
) -> None:
    one = quote(client, old)

    answer = client.post(
        f"{trade_in_link(one.reference)}accept/",
        {"order": order_token(order.id), "imei": "490154203237519", "is_mine": "on"},
    )

    assert answer.status_code == 422
    assert "A digit is wrong" in answer.content.decode()
    assert trade_in.fresh(one).line_id is None


def test_the_owner_tells_that_it_is_on_its_way(
    client: Client, old: Variant, order: OrderRow
) -> None:
    one = trade_in.accepted(order, old)
    link = trade_in_link(one.reference)

    silent = client.post(f"{link}sent/", {"carrier": ""})
    client.post(f"{link}sent/", {"carrier": "Parcel Co", "tracking": "PC1"})

    assert silent.status_code == 422
    assert trade_in.fresh(one).state == TradeInState.SENT.value
    assert "PC1" in client.get(link).content.decode()


def test_a_lower_value_is_shown_with_reasons_and_a_choice(
    client: Client, old: Variant, order: OrderRow
) -> None:
    one = trade_in.received(order, old)
    services.inspect(
        trade_in_id=one.id,
        seen=trade_in.seen(one, screen_whole="no"),
        actor=trade_in.ACTOR,
        now=clock.now(),
    )
    link = trade_in_link(one.reference)

    page = client.get(link).content.decode()
    odd = client.post(f"{link}choose/", {"choice": "maybe"})
    state = trade_in.fresh(one).state
    client.post(f"{link}choose/", {"choice": "keep"})

    assert "Is the screen whole?" in page
    assert "Take $60.00" in page
    assert "shelf 3, card 12" in page
    assert (odd.status_code, state) == (400, TradeInState.REVALUED.value)
    assert trade_in.fresh(one).state == TradeInState.RETURN_DUE.value


def test_what_is_owed_is_asked_for_and_the_account_is_not_shown(
    client: Client, old: Variant, order: OrderRow
) -> None:
    one = trade_in.credited(order, old)
    link = trade_in_link(one.reference)

    wrong = client.post(f"{link}account/", {"holder": "Mira Lind", "number": "4242424242424242"})
    none_yet = CreditPayout.objects.exists()
    client.post(
        f"{link}account/", {"holder": "Mira Lind", "routing": "021000021", "number": "5555001"}
    )
    page = client.get(link).content.decode()

    assert "We owe you $200.00" in wrong.content.decode()
    assert "4242424242424242" not in wrong.content.decode()
    assert (wrong.status_code, none_yet) == (422, False)
    assert CreditPayout.objects.get().amount_minor == 20_000
    assert "account ending 5001" in page
    assert "5555001" not in page
    assert "We owe you" not in page


def test_a_link_nobody_signed_opens_nothing(client: Client, old: Variant) -> None:
    one = quote(client, old)
    link = trade_in_link(one.reference)

    assert client.get(link).status_code == 200
    assert client.get(link[:-3] + "xy/").status_code == 404
    assert client.get(f"/trade-in/{one.reference}/").status_code == 404


def test_a_shop_without_values_says_so(client: Client, phone: Offer) -> None:
    assert phone.state == "listed"
    assert "No phones are taken yet" in client.get("/trade-in/").content.decode()
