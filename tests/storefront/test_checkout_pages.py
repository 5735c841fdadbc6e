import json
import re

import pytest
from django.test import Client

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers import services as offer_services
from bandstand.orders import passport
from bandstand.orders.models import Checkout, Order
from bandstand.payments.models import Payment
from bandstand.plumbing import clock
from tests.factories import gate, orders, parties, takedowns
from tests.storefront.conftest import World, url_of
from tests.storefront.test_basket_pages import put_in

FORM = {
    "email": "mira@example.org",
    "buyer_name": "Mira Example",
    "street_address": "1 Main Street",
    "city": "Springfield",
    "country_area": "IL",
    "postal_code": "62701",
    "country_code": "US",
    "card": "tok_ok",
    "agreed": "on",
    "expected_total": "48000",
}


@pytest.fixture
def filled(world: World, shopper: Client) -> Client:
    """Return a shopper whose basket holds Aster One on 24 months."""
    put_in(shopper, world.phone("One"))
    return shopper


def buy(client: Client, **changes: str) -> str:
    """Send the checkout form and return where it led."""
    answer = client.post("/checkout/", {**FORM, **changes})
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.content.decode())
    return answer["Location"]


def arrived(client: Client, waiting: str) -> str:
    """Let the bank answer and return the order page's address."""
    orders.hear_everything()
    answer = client.get(waiting)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_checkout_shows_the_credit_agreement_before_the_form_is_sent(filled: Client) -> None:
    shown = filled.get("/checkout/").content.decode()

    for words in ("The credit terms for Aster One", "amount financed $480.00", "24 payments of"):
        assert words in shown
    assert "Order and pay $20.00 today" in shown
    assert "No real money moves" in shown
    assert 'autocomplete="postal-code"' in shown
    assert 'name="expected_total" value="48000"' in shown


def test_empty_basket_has_no_checkout(shopper: Client) -> None:
    assert shopper.get("/checkout/")["Location"] == "/basket/"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("email", "mira@", "Enter a valid email address"),
        ("email", "", "E-mail is missing"),
        ("buyer_name", "", "The parcel needs a name"),
        ("street_address", "", "Street address is missing"),
        ("city", "", "City is missing"),
        ("country_area", "", "State is missing"),
        ("country_area", "ZZ", "Select a valid choice"),
        ("postal_code", "1", "one of this country looks like"),
        ("postal_code", "90210", "does not fit this address"),
        ("country_code", "FR", "We do not deliver there from this shop"),
        ("card", "tok_gold", "Select a valid choice"),
        ("card", "", "Choose a card"),
        ("agreed", "", "A plan needs your agreement"),
        ("expected_total", "abc", "Enter a whole number"),
    ],
)
def test_each_field_says_what_is_wrong_and_keeps_the_rest(
    filled: Client, field: str, value: str, told: str
) -> None:
    answer = filled.post("/checkout/", {**FORM, field: value})
    shown = answer.content.decode()

    assert answer.status_code == 422
    assert told in shown
    assert 'role="alert"' in shown
    kept = {"email": "mira@example.org", "buyer_name": "Mira Example", "city": "Springfield"}
    for name, typed in kept.items():
        assert name == field or f'value="{typed}"' in shown
    assert not Checkout.objects.exists()
    assert not Payment.objects.exists()


def test_everything_wrong_is_told_at_once(filled: Client) -> None:
    shown = filled.post("/checkout/", {"country_code": "US"}).content.decode()

    summary = shown[shown.index("error-summary") :][:4000]
    for words in (
        "E-mail is missing",
        "needs a name",
        "City is missing",
        "Choose a card",
        "agreement",
    ):
        assert words in summary


def test_guest_buys_on_a_plan_and_reads_the_order(filled: Client) -> None:
    waiting = buy(filled)
    assert "Waiting for your bank" in filled.get(waiting).content.decode()
    assert 'http-equiv="refresh"' in filled.get(waiting).content.decode()

    order_url = arrived(filled, waiting)
    shown = filled.get(order_url).content.decode()

    order = Order.objects.get()
    for words in (
        order.number,
        "Aster One",
        "1 Main Street",
        "mira@example.org",
        "Paid",
        "$480.00",
    ):
        assert words in shown
    assert shown.count("<time") > 20
    assert "Taken from your card</dt><dd>$20.00" in shown
    assert 'class="count-badge"' not in shown
    assert "What we told you about the network" in shown


def test_anyone_with_the_link_reads_the_order_and_no_one_else(filled: Client) -> None:
    order_url = arrived(filled, buy(filled))

    assert Client().get(order_url).status_code == 200
    assert Client().get(order_url.replace("/order/", "/order/x")).status_code == 404


def test_passport_of_the_order_verifies_without_us(filled: Client) -> None:
    order_url = arrived(filled, buy(filled))
    link = re.search(r'href="([^"]+\.json)"', filled.get(order_url).content.decode())
    assert link is not None

    kept = Client().get(link[1])
    keys = json.loads(Client().get("/.well-known/jwks.json").content)

    assert kept["Content-Disposition"].startswith("attachment")
    assert passport.verify_passport(kept.content, keys).ok
    assert not passport.verify_passport(kept.content.replace(b"48000", b"47000"), keys).ok
    assert Client().get(link[1].replace(".json", "x.json")).status_code == 404


def test_form_sent_twice_is_one_order(filled: Client) -> None:
    first, second = buy(filled), buy(filled)
    order_url = arrived(filled, first)

    third = buy(filled)

    assert first == second == third
    assert filled.get(third)["Location"] == order_url
    assert Order.objects.count() == 1
    assert Payment.objects.count() == 1


def test_declined_card_may_be_followed_by_another(filled: Client) -> None:
    waiting = buy(filled, card="tok_declined")
    orders.hear_everything()
    shown = filled.get(waiting).content.decode()
    assert "The card was not charged" in shown
    assert "Try another card" in shown
    assert not Order.objects.exists()

    assert arrived(filled, buy(filled)).startswith("/order/")


@pytest.mark.parametrize(("answer", "orders_made"), [("approve", 1), ("refuse", 0)])
def test_bank_asks_and_the_buyer_answers(filled: Client, answer: str, orders_made: int) -> None:
    bank = buy(filled, card="tok_3ds")
    path = "/" + bank.split("/", 3)[3]
    asked = filled.get(path).content.decode()
    assert "It is a test" in asked
    assert "$20.00" in asked

    back = filled.post(path, {"answer": answer})
    assert re.fullmatch(r"/checkout/chk_\w+/waiting/", back["Location"])
    orders.hear_everything()
    filled.get(back["Location"])

    assert Order.objects.count() == orders_made
    assert "already answered" in filled.get(path).content.decode()


def test_bank_refuses_nonsense(filled: Client) -> None:
    path = "/" + buy(filled, card="tok_3ds").split("/", 3)[3]

    assert filled.post(path, {"answer": "perhaps"}).status_code == 400
    assert filled.get("/payments/sandbox/none/").status_code == 404
    assert "Go to your bank" in filled.get(f"/checkout/{_printed()}/waiting/").content.decode()


def _printed() -> str:
    return print_id(IdKind.CHECKOUT, Checkout.objects.get().id)


def test_waiting_page_is_only_its_own_visitors(filled: Client) -> None:
    waiting = buy(filled)

    assert Client().get(waiting).status_code == 404
    assert filled.get("/checkout/chk_1/waiting/").status_code == 404


def test_htmx_gets_the_part_and_leaves_the_page_for_the_order(filled: Client) -> None:
    waiting = buy(filled)

    part = filled.get(waiting, headers={"HX-Request": "true"})
    orders.hear_everything()
    done = filled.get(waiting, headers={"HX-Request": "true"})

    assert "<html" not in part.content.decode()
    assert 'hx-trigger="every 2s"' in part.content.decode()
    assert done["HX-Redirect"].startswith("/order/")


def test_price_that_changed_is_shown_and_asked_again(world: World, shopper: Client) -> None:
    offer = world.phone()
    put_in(shopper, offer)
    offer_services.change_price(
        offer_id=offer.id, price=Money(50_000, "USD"), actor="nora", now=clock.now()
    )

    answer = shopper.post("/checkout/", FORM)
    shown = answer.content.decode()

    assert answer.status_code == 422
    assert "was $480.00 and is now $500.00" in shown
    assert 'name="expected_total" value="50000"' in shown
    assert not Checkout.objects.exists()
    assert buy(shopper, expected_total="50000").endswith("/waiting/")


def test_hold_between_basket_and_pay_leads_back_with_the_reason(
    world: World, shopper: Client
) -> None:
    put_in(shopper, world.phone())
    shopper.get("/checkout/")
    gate.hold(seller_id=world.seller.id, reason="Northgate is paused.")

    answer = shopper.post("/checkout/", FORM, follow=True)

    assert answer.redirect_chain[-1][0] == "/basket/"
    assert "Northgate is paused." in answer.content.decode()
    assert not Payment.objects.exists()


def test_order_page_after_a_takedown_tells_the_refund(world: World, shopper: Client) -> None:
    offer = world.phone()
    put_in(shopper, offer)
    order_url = arrived(shopper, buy(shopper))
    hold = takedowns.stopped(offer)
    takedowns.walked(hold)
    orders.hear_everything()

    shown = shopper.get(order_url).content.decode()

    assert "What happened" in shown
    assert re.search(r"<b>\$20\.00</b>: <time [^>]+>Back on your card since", shown)
    assert "You owe nothing more on it." in shown
    assert "Given back to your card</dt><dd>$20.00" in shown
    assert shopper.get(url_of(offer)).status_code == 410


def test_account_lists_own_orders_and_rooms(world: World) -> None:
    mira = parties.person(email="mira@example.org")
    parties.membership(person=mira, party=world.seller)
    client = Client()
    client.force_login(mira)
    put_in(client, world.phone())
    order_url = arrived(client, buy(client))

    shown = client.get("/account/").content.decode()

    assert order_url in shown
    assert "The seller’s portal" in shown
    assert "The console" not in shown

    other = Client()
    other.force_login(parties.person())
    assert order_url not in other.get("/account/").content.decode()
    assert Client().get("/account/")["Location"] == "/account/login/?next=%2Faccount%2F"
