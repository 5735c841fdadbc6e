"""Stripe Tax behind the port: asked before, told after, and never replaced silently."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bandstand.offers.models import Offer
from bandstand.orders import queries, services
from bandstand.orders.models import Checkout, OrderLine
from bandstand.plumbing import clock
from bandstand.tax import queries as tax, services as tax_services
from bandstand.tax.models import ProviderAnswer, ProviderTelling, TaxQuote
from bandstand.tax.providers import (
    ProviderSilentError,
    ProviderUnwillingError,
    StripeTax,
    TaxProvider,
)
from bandstand.tax.rules import (
    EngineName,
    Place,
    TaxableThing,
    TaxAsk,
    TaxKind,
    TaxNotKnownError,
    Telling,
    TellingState,
    WithoutAnswer,
    place_of,
)
from tests.factories import offers, orders, tax as taxes
from tests.factories.tax import dollars
from tests.tax import stripe_double
from tests.tax.stripe_double import KEY, TaxDouble

pytestmark = pytest.mark.django_db

ILLINOIS = Place("US", "IL", "62701", city="Springfield", street="1 Main Street")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[TaxDouble]:
    """Serve the double as the shop's own Stripe."""
    with stripe_double.serving() as one:
        provider = StripeTax(secret_key=KEY, base_url=one.url)

        def mine(engine: EngineName) -> TaxProvider | None:
            return provider if engine is EngineName.STRIPE else None

        monkeypatch.setattr("bandstand.tax.services.providers.provider_of", mine)
        yield one
        provider.close()


@pytest.fixture
def phone() -> Offer:
    orders.shop()
    policy()
    return offers.offer(units=3)


@contextmanager
def calling(url: str, *, key: str = KEY) -> Iterator[StripeTax]:
    provider = StripeTax(secret_key=key, base_url=url)
    try:
        yield provider
    finally:
        provider.close()


def policy(without_answer: WithoutAnswer = WithoutAnswer.REFUSE) -> None:
    now = clock.now()
    tax_services.set_tax_policy(
        market="US",
        engine=EngineName.STRIPE,
        source="Contract with the provider",
        from_at=now,
        without_answer=without_answer,
        actor=taxes.ACTOR,
        now=now,
    )


def ask(*phones: Offer, scope: str = "basket") -> TaxAsk:
    return TaxAsk(
        market="US",
        place=place_of(orders.ADDRESS),
        things=tuple(
            TaxableThing(one.id, one.id, dollars(48_000), is_used=False) for one in phones
        ),
        scope=scope,
    )


def sold(phone: Offer) -> OrderLine:
    """Sell one as the storefront does: the provider is asked before the checkout is prepared."""
    basket = orders.basket(phone)
    page = queries.basket_page(basket_id=basket, now=clock.now())
    services.ask_tax(page, address=orders.ADDRESS, now=clock.now())
    checkout = orders.prepare(basket, expected_total=dollars(51_000))
    orders.pay(checkout.id)
    orders.hear_everything()
    order = queries.order_of_checkout(checkout.id)
    assert order is not None
    return OrderLine.objects.get(order_id=order.id)


def test_a_calculation_is_read_with_its_parts(double: TaxDouble) -> None:
    with calling(double.url) as provider:
        told = provider.calculate(price=dollars(48_000), place=ILLINOIS, key="k", now=NOW)
        again = provider.calculate(price=dollars(48_000), place=ILLINOIS, key="k", now=NOW)

    assert (told.tax, told.kind, told.jurisdiction) == (dollars(3_000), TaxKind.SALES, "US-IL")
    assert (told.title, told.rate_ppm) == ("Illinois", 62_500)
    assert [part["name"] for part in told.parts] == ["Illinois"]
    (asked,) = double.asked
    assert asked["line_items"]["0"]["tax_behavior"] == "exclusive"
    assert asked["customer_details"]["address"]["postal_code"] == "62701"
    assert again.ref == told.ref
    assert len(double.calculations) == 1


@pytest.mark.parametrize(
    ("fault", "key", "place", "kind"),
    [
        ("fail", KEY, ILLINOIS, ProviderSilentError),
        ("", "sk_test_wrong", ILLINOIS, ProviderSilentError),
        ("", KEY, Place("US", "IL"), ProviderUnwillingError),
    ],
)
def test_silence_and_refusal_are_told_apart_and_never_show_the_key(
    double: TaxDouble, fault: str, key: str, place: Place, kind: type[Exception]
) -> None:
    double.fault = fault
    with calling(double.url, key=key) as provider, pytest.raises(kind) as failed:
        provider.calculate(price=dollars(48_000), place=place, key="k", now=NOW)

    assert KEY not in str(failed.value)
    assert double.calculations == {}


def test_nobody_answers_at_all() -> None:
    with calling("http://127.0.0.1:9") as provider, pytest.raises(ProviderSilentError):
        provider.calculate(price=dollars(48_000), place=ILLINOIS, key="k", now=NOW)


def test_a_sale_is_reckoned_recorded_and_reversed_once(double: TaxDouble, phone: Offer) -> None:
    line = sold(phone)

    quote = TaxQuote.objects.get()
    assert (line.tax_minor, quote.engine, quote.owed_to) == (3_000, "stripe", "US-IL")
    assert quote.body["provider_ref"] == "taxcalc_1"
    assert double.transactions == {}
    for _ in range(2):
        tax_services.tell_waiting(now=clock.now())
    services.cancel_line(line_id=line.id, reason="Stopped.", actor=taxes.ACTOR, now=clock.now())
    for _ in range(2):
        tax_services.tell_waiting(now=clock.now())

    assert [one["type"] for one in double.transactions.values()] == ["transaction", "reversal"]
    assert double.transactions["tax_2"]["original_transaction"] == "tax_1"
    assert tax.tellings() == ()


def test_a_lost_answer_is_asked_for_again_and_told_once(double: TaxDouble, phone: Offer) -> None:
    sold(phone)
    double.fault = "lose"

    assert tax_services.tell_waiting(now=clock.now()) == 0
    (waiting,) = tax.tellings()
    assert (waiting.state, waiting.tries) == (TellingState.WRITTEN, 1)
    assert tax_services.tell_waiting(now=clock.now()) == 1

    assert len(double.transactions) == 1


def test_a_reversal_waits_until_its_sale_was_recorded(double: TaxDouble, phone: Offer) -> None:
    line = sold(phone)
    services.cancel_line(line_id=line.id, reason="Stopped.", actor=taxes.ACTOR, now=clock.now())
    reversal = ProviderTelling.objects.get(telling=Telling.REVERSE.value)

    assert tax_services.tell(telling_id=reversal.id, now=clock.now()) is TellingState.WRITTEN
    assert double.transactions == {}
    tax_services.tell_waiting(now=clock.now())

    assert [one["type"] for one in double.transactions.values()] == ["transaction", "reversal"]


def test_what_the_provider_refuses_waits_for_a_person(double: TaxDouble, phone: Offer) -> None:
    sold(phone)
    double.calculations.clear()

    tax_services.tell_waiting(now=clock.now())

    (refused,) = tax.tellings()
    assert refused.state is TellingState.REFUSED
    assert "resource_missing" in refused.words


def test_without_an_answer_nothing_is_sold(double: TaxDouble, phone: Offer) -> None:
    double.fault = "fail"
    assert not tax_services.ask_provider(ask=ask(phone), now=clock.now())

    with pytest.raises(TaxNotKnownError, match="could not be asked for just now"):
        orders.prepare(orders.basket(phone), expected_total=dollars(51_000))

    assert not Checkout.objects.exists()
    assert not TaxQuote.objects.exists()


def test_by_policy_loaded_rates_stand_in_and_the_quote_says_so(
    double: TaxDouble, phone: Offer
) -> None:
    double.fault = "fail"
    policy(WithoutAnswer.LOADED)

    orders.prepare(orders.basket(phone), expected_total=dollars(51_000))

    quote = TaxQuote.objects.get()
    assert quote.engine == "embedded"
    assert "The provider did not answer" in quote.body["rate"]["note"]


def test_two_of_the_same_and_two_baskets_never_share_a_calculation(
    double: TaxDouble, phone: Offer
) -> None:
    now = clock.now()
    tax_services.ask_provider(ask=ask(phone), now=now)
    tax_services.ask_provider(ask=ask(phone), now=now)
    assert len(double.calculations) == 1

    tax_services.ask_provider(ask=ask(phone, scope="another"), now=now)

    assert len(double.calculations) == ProviderAnswer.objects.count() == 2
