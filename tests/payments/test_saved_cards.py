"""Saved cards: with the buyer's word alone; charged when due, replaced, removed, told of."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries, services as credit_services
from bandstand.credit.models import Mandate
from bandstand.credit.queries import PlanMoney
from bandstand.credit.rules import AskState
from bandstand.kernel.errors import BadInputError
from bandstand.orders import queries as orders_queries
from bandstand.orders.models import Checkout
from bandstand.orders.queries import OrderRow
from bandstand.orders.services import card_mandates
from bandstand.payments import queries, rules, services
from bandstand.payments.events import CardSaved
from bandstand.payments.gateways import sandbox
from bandstand.payments.models import CardSetup, Payment, SandboxIntent, SandboxMethod, SavedCard
from bandstand.payments.queries import SavedCardRow
from bandstand.payments.rules.cards import (
    CardOwner,
    CardRefusedError,
    ProviderCard,
    SavedCardNotFoundError,
    SetupState,
    card_words,
    is_expiring,
    last_day,
    owner_of,
    require_keepable,
)
from bandstand.payments.services import collecting
from bandstand.payments.services.saved_cards import keep_card
from bandstand.plumbing import clock, outbox
from bandstand.plumbing.models import Letter
from tests.factories import credit, offers, orders, payments
from tests.payments.conftest import Misbehave

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def lark() -> None:
    wire()
    orders.shop()


def sold(*, keeps_card: bool = True, card: str = "tok_ok") -> OrderRow:
    return orders.paid(offers.offer(), terms_id=credit.terms().id, card=card, keeps_card=keeps_card)


def money_of(order: OrderRow) -> PlanMoney:
    plan = orders_queries.order_page(order.id).lines[0].plan
    assert plan is not None
    return credit_queries.plan_money(plan.id)


def page_of(order: OrderRow) -> str:
    page = orders_queries.order_page(order.id)
    return f"{page.link}plan/{page.lines[0].public_id}/"


def cards_of(order: OrderRow) -> tuple[SavedCardRow, ...]:
    return queries.saved_cards(card_mandates.card_owners(order.id), gateway="sandbox")


def save_on_page(client: Client, order: OrderRow, *, card: str = "tok_ok") -> None:
    """Go through the provider's page as a buyer does, the bank's question too."""
    answer = client.post(f"{page_of(order)}card/")
    url = answer["Location"].partition("lark.example")[2] or answer["Location"]
    path = "/payments/" + url.partition("/payments/")[2]
    assert client.get(path).status_code == 200
    answer = client.post(path, {"card": card})
    if answer["Location"] == path:
        client.post(path, {"answer": "approve"})
    orders.hear_everything()


def due_noon(order: OrderRow, *, number: int = 1) -> datetime:
    rows = [row for row in money_of(order).owed if row.open]
    return datetime.combine(rows[number - 1].due_on, time(18), tzinfo=UTC)


def test_card_is_saved_only_with_the_buyers_word() -> None:
    silent = sold(keeps_card=False)

    assert not SavedCard.objects.exists()
    assert not SandboxMethod.objects.exists()
    assert not money_of(silent).has_mandate

    order = sold()

    card = cards_of(order)[0]
    assert card.words.startswith("Visa ending 4242, expires ")
    assert money_of(order).has_mandate
    assert credit_queries.card_of(money_of(order).plan_id) == card.token
    assert not money_of(silent).has_mandate


def test_saved_card_is_charged_when_an_instalment_falls_due() -> None:
    order = sold()
    card = cards_of(order)[0]

    assert collecting.collect_due(now=due_noon(order)) == 1
    orders.hear_everything()

    money = money_of(order)
    assert [one.state for one in money.payments] == [AskState.PAID]
    intent = SandboxIntent.objects.order_by("-created_at").first()
    assert intent is not None
    assert intent.customer_ref == card.token.partition("/")[0]


def test_declined_payment_saves_nothing() -> None:
    checkout = orders.prepared(offers.offer(), terms_id=credit.terms().id)
    orders.pay(checkout.id, card="tok_declined", keeps_card=True)
    orders.hear_everything()

    assert not SavedCard.objects.exists()
    assert not Mandate.objects.exists()


def test_news_of_a_card_that_comes_late_or_twice_does_not_overrule_its_owner() -> None:
    order = sold()
    plan_id = money_of(order).plan_id
    kept = SavedCard.objects.get()
    purpose = Payment.objects.get().purpose
    credit_services.revoke_mandate(plan_id=plan_id, now=clock.now())

    card_mandates.hear_card_saved(CardSaved(str(kept.id), purpose), clock.now())

    assert not money_of(order).has_mandate


def test_another_buyer_with_the_same_address_sees_no_card() -> None:
    mine, other = sold(), sold(keeps_card=False)
    assert Checkout.objects.values_list("email", flat=True).distinct().count() == 1

    assert len(cards_of(mine)) == 1
    assert cards_of(other) == ()
    with pytest.raises(SavedCardNotFoundError):
        services.remove_card(
            card_id=cards_of(mine)[0].id,
            owners=card_mandates.card_owners(other.id),
            actor="mallory",
            now=clock.now(),
        )
    assert len(cards_of(mine)) == 1


def test_page_lists_the_card_pays_with_it_and_removes_it(client: Client) -> None:
    order = sold()
    card = cards_of(order)[0]
    shown = client.get(page_of(order)).content.decode()

    client.post(f"{page_of(order)}pay/", {"kind": "instalment", "card": f"saved:{card.id}"})
    orders.hear_everything()

    assert card.words in shown
    assert card.token not in shown
    assert money_of(order).payments[0].state is AskState.PAID
    client.post(f"{page_of(order)}card/remove/", {"card": str(card.id)})
    assert cards_of(order) == ()
    assert not money_of(order).has_mandate
    services.forget_removed(now=clock.now())
    assert SandboxMethod.objects.filter(forgotten_at=None).count() == 0
    refused = client.post(f"{page_of(order)}pay/", {"kind": "instalment", "card": card.token})
    assert refused.status_code == 422


def test_setup_without_a_charge_turns_autopay_on_and_replaces_the_card(client: Client) -> None:
    order = sold(keeps_card=False)
    before = SandboxIntent.objects.count()

    save_on_page(client, order)
    first = cards_of(order)[0]
    assert credit_queries.card_of(money_of(order).plan_id) == first.token
    save_on_page(client, order, card="tok_3ds")

    newest = cards_of(order)[0]
    assert newest.words.startswith("Mastercard ending 3155")
    assert credit_queries.card_of(money_of(order).plan_id) == newest.token
    assert newest.token.partition("/")[0] == first.token.partition("/")[0]
    assert SandboxIntent.objects.count() == before
    assert {one.state for one in CardSetup.objects.all()} == {SetupState.SUCCEEDED.value}


@pytest.mark.parametrize("card", ["tok_declined", "tok_3ds"])
def test_setup_that_fails_says_why_and_changes_nothing(client: Client, card: str) -> None:
    order = sold(keeps_card=False)
    client.post(f"{page_of(order)}card/")
    ref = CardSetup.objects.get().provider_ref

    if sandbox.choose(ref, token=card, now=clock.now()):
        sandbox.answer_setup(ref, is_approved=False, now=clock.now())
    orders.hear_everything()

    assert CardSetup.objects.get().state == SetupState.FAILED.value
    assert "The card was not saved" in client.get(page_of(order)).content.decode()
    assert not SavedCard.objects.exists()
    assert not money_of(order).has_mandate


def test_setup_is_one_while_its_page_is_open_and_its_lost_news_is_found(client: Client) -> None:
    order = sold(keeps_card=False)

    for _ in range(3):
        client.post(f"{page_of(order)}card/")

    setup = CardSetup.objects.get()
    sandbox.choose(setup.provider_ref, token="tok_ok", now=clock.now())  # noqa: S106 -- a test card
    services.resolve_setups(now=clock.now() + timedelta(minutes=5))
    outbox.deliver_waiting(now=clock.now())
    assert CardSetup.objects.get().state == SetupState.SUCCEEDED.value
    assert money_of(order).has_mandate


def test_setup_whose_answer_was_lost_is_found_by_its_key(
    client: Client, misbehave: Misbehave
) -> None:
    order = sold(keeps_card=False)
    misbehave(sandbox.Chaos(lost_after_percent=100))
    assert client.post(f"{page_of(order)}card/").status_code >= 400
    assert CardSetup.objects.get().state == SetupState.WRITTEN.value

    misbehave(sandbox.CALM)
    client.post(f"{page_of(order)}card/")

    assert CardSetup.objects.count() == 1
    assert CardSetup.objects.get().state == SetupState.ASKED.value


def test_card_that_ends_soon_is_told_of_once(client: Client) -> None:
    order = sold(keeps_card=False)
    save_on_page(client, order, card="tok_ends_soon")

    assert services.tell_expiring(now=clock.now()) == 1
    assert services.tell_expiring(now=clock.now() + DAY) == 0
    orders.hear_everything()

    letter = Letter.objects.get(key__startswith="card.expiring:")
    assert "Visa ending 1881" in letter.body
    assert page_of(order) in letter.body
    assert "ends soon" in client.get(page_of(order)).content.decode()


def test_card_that_has_ended_is_declined_as_expired(client: Client) -> None:
    order = sold(keeps_card=False)
    save_on_page(client, order, card="tok_ends_soon")

    later = due_noon(order, number=2)
    collecting.collect_due(now=later)
    services.send_open_commands(now=later + timedelta(minutes=1))
    payments.settle(now=later + timedelta(minutes=2))
    outbox.deliver_waiting(now=later)

    assert money_of(order).payments[-1].failure == "expired_card"


def test_bank_that_wants_its_owner_writes_a_letter_and_is_paid_on_the_page(client: Client) -> None:
    order = sold(keeps_card=False)
    save_on_page(client, order, card="tok_3ds")
    card = cards_of(order)[0]
    collecting.collect_due(now=due_noon(order))
    orders.hear_everything()
    letter = Letter.objects.get(key__startswith="plan.failed:")
    assert "wants to hear from you" in letter.body
    assert page_of(order) in letter.body

    answer = client.post(
        f"{page_of(order)}pay/", {"kind": "instalment", "card": f"saved:{card.id}"}
    )

    assert "/payments/sandbox/" in answer["Location"]
    ref = answer["Location"].rstrip("/").rpartition("/")[2]
    sandbox.approve(ref, now=clock.now())
    orders.hear_everything()
    assert money_of(order).payments[-1].state is AskState.PAID


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_four": "14242"},
        {"last_four": "424"},
        {"last_four": "42a2"},
        {"method": "4111111111111111"},
        {"customer": ""},
        {"method": "pm/1"},
        {"expires_month": 13},
    ],
)
def test_nothing_more_of_a_card_is_ever_kept(wrong: dict[str, object]) -> None:
    fields: dict[str, object] = {
        "customer": "cus_1",
        "method": "pm_1",
        "brand": "visa",
        "last_four": "4242",
        "expires_year": 2029,
        "expires_month": 8,
    }
    require_keepable(ProviderCard(**fields))  # type: ignore[arg-type]  # as a provider says it
    bad = ProviderCard(**(fields | wrong))  # type: ignore[arg-type]  # as a provider says it

    with pytest.raises(BadInputError) as refused:
        keep_card(
            bad,
            gateway="sandbox",
            owner=CardOwner("person:1", "mira@example.org"),
            purpose="plan:1",
            now=clock.now(),
        )

    assert isinstance(refused.value, CardRefusedError | rules.CardNumberRefusedError)
    assert not SavedCard.objects.exists()


def test_database_itself_keeps_four_digits_only() -> None:
    card = SavedCard(
        gateway="sandbox",
        customer_ref="c",
        method_ref="m",
        brand="visa",
        last_four="42x2",
        expires_year=2029,
        expires_month=8,
        owner="person:1",
        owner_email="mira@example.org",
        saved_at=clock.now(),
    )
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        card.save()
    assert not SavedCard.objects.exists()


def test_words_and_days_of_a_card() -> None:
    assert card_words(brand="visa", last_four="4242", year=2029, month=8) == (
        "Visa ending 4242, expires 08/29"
    )
    end = last_day(year=2028, month=2)
    assert end.isoformat() == "2028-02-29"
    assert not is_expiring(year=2028, month=2, today=end - 32 * DAY)
    assert is_expiring(year=2028, month=2, today=end - 31 * DAY)
    assert is_expiring(year=2028, month=2, today=end + DAY)


def test_owner_is_the_person_or_the_checkout_and_never_an_address() -> None:
    person, checkout = uuid4(), UUID(int=7)

    signed_in = owner_of(person_id=person, checkout_id=checkout, email="mira@example.org")
    guest = owner_of(person_id=None, checkout_id=checkout, email="mira@example.org")

    assert signed_in.key == f"person:{person}"
    assert guest.key.startswith("checkout:chk_")
    assert "@" not in signed_in.key + guest.key
