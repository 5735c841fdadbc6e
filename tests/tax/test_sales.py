"""A taxed sale from the basket to its end: the total agreed to, the books, and what is refused."""

import pytest
from django.db import transaction
from django.db.utils import Error as DatabaseError
from pytest_django import Settings

from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.orders import queries, services
from bandstand.orders.events import LinePaid
from bandstand.orders.models import Checkout, OrderLine
from bandstand.orders.queries import CheckoutRow, OrderRow
from bandstand.orders.rules import CheckoutMove, PriceChangedError
from bandstand.orders.services.ending import end_checkout
from bandstand.orders.services.taxing import quote_lines
from bandstand.payments import queries as payments
from bandstand.payouts import queries as payouts, services as seller_services
from bandstand.payouts.models import Payable
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from bandstand.tax import queries as tax, services as tax_services
from bandstand.tax.models import TaxQuote, TaxQuoteMove
from bandstand.tax.rules import (
    AcquiredFrom,
    EngineName,
    QuoteState,
    TaxNotKnownError,
    TaxPolicyError,
)
from tests.factories import credit, offers, orders, rights, tax as taxes
from tests.factories.tax import dollars

pytestmark = pytest.mark.django_db

ILLINOIS = "US-IL,sales,10,2026-01-01,,Illinois,A loaded file"
WITHIN = "US-IL,vat,20,2026-01-01,,Illinois,A loaded file"
"""The kind of a tax says whether the price holds it, not the country."""


@pytest.fixture
def phone() -> Offer:
    orders.shop()
    taxes.policy()
    return offers.offer(units=3)


def bought(*sold: Offer, total: int) -> OrderRow:
    checkout = orders.prepare(orders.basket(*sold), expected_total=dollars(total))
    return paid(checkout)


def paid(checkout: CheckoutRow) -> OrderRow:
    orders.pay(checkout.id)
    orders.hear_everything()
    order = queries.order_of_checkout(checkout.id)
    assert order is not None
    return order


def owed(jurisdiction: str) -> Money:
    return -ledger.balance(code=AccountCode.TAX_PAYABLE, key=jurisdiction, currency="USD")


def sellers_due() -> int:
    rows = ledger.balances(code=AccountCode.SELLER_PAYABLE, currency="USD")
    return -sum(row.balance.minor for row in rows)


def test_the_total_with_tax_is_shown_before_anything_is_kept(phone: Offer) -> None:
    basket_id = orders.basket(phone)

    with pytest.raises(PriceChangedError) as refused:
        orders.prepare(basket_id)

    assert refused.value.new == dollars(51_000)
    assert "$30.00 tax for this address" in refused.value.message
    assert not Checkout.objects.exists()
    assert not TaxQuote.objects.exists()


def test_a_taxed_sale_owes_the_state_and_pays_the_seller_on_the_price(phone: Offer) -> None:
    order = bought(phone, total=51_000)

    line = OrderLine.objects.get()
    assert (line.price_minor, line.tax_minor, line.due_today_minor) == (48_000, 3_000, 51_000)
    assert order.total == order.due_today == dollars(51_000)
    assert payments.captured_by_line([line.id])[line.id] == dollars(51_000)
    assert owed("US-IL") == dollars(3_000)
    assert line.commission_minor == 3_840
    assert sellers_due() == 44_160
    assert ledger.imbalance() == 0
    assert "Estimated sales tax, Illinois: $30.00" in Letter.objects.get(kind="order.placed").body
    assert [one.tax for one in queries.order_page(order.id).taxes] == [dollars(3_000)]
    body, _, _ = queries.passport_of(line.id)
    assert '"label":"Estimated sales tax, Illinois"' in body


def test_the_whole_tax_of_a_plan_is_due_today(phone: Offer) -> None:
    terms = credit.terms(months=24)
    basket_id = orders.basket(phone, terms_id=terms.id)
    today = queries.basket_page(basket_id=basket_id, now=clock.now()).due_today

    order = paid(orders.prepare(basket_id, expected_total=dollars(51_000)))

    assert order.due_today == today + dollars(3_000)
    assert owed("US-IL") == dollars(3_000)
    receivable = ledger.balances(code=AccountCode.INSTALMENT_RECEIVABLE, currency="USD")
    assert [row.balance for row in receivable] == [dollars(48_000) - today]
    assert ledger.imbalance() == 0


def test_undoing_gives_back_exactly_the_tax_whatever_the_rate_is_now(phone: Offer) -> None:
    order = bought(phone, phone, total=102_000)
    taxes.load("US-IL,sales,25,2026-01-01,,Illinois,A later file")

    for line in OrderLine.objects.all():
        services.cancel_line(line_id=line.id, reason="Stopped.", actor=taxes.ACTOR, now=clock.now())
    orders.hear_everything()

    page = queries.order_page(order.id)
    assert page.refunded == page.captured == dollars(102_000)
    assert owed("US-IL") == dollars(0)
    assert sellers_due() == 0
    assert ledger.imbalance() == 0
    states = {tax.state_of(one.id) for one in TaxQuote.objects.all()}
    assert states == {QuoteState.VOIDED}


def test_a_tax_inside_the_price_is_taken_from_the_sellers_side(phone: Offer) -> None:
    taxes.load(WITHIN)

    order = bought(phone, total=48_000)

    line = OrderLine.objects.get()
    net = 40_000
    assert (line.tax_minor, line.due_today_minor) == (8_000, 48_000)
    assert line.commission_minor == 3_200
    assert owed("US-IL") == dollars(8_000)
    assert sellers_due() == net - 3_200
    assert ledger.imbalance() == 0
    seller_services.hear_line_paid(
        LinePaid(line_id=str(line.id), order_id=str(order.id)), clock.now()
    )
    assert Payable.objects.get().amount_minor == net - 3_200
    (year,) = payouts.year_report(year=clock.now().year, zone="UTC")
    assert year.gross == dollars(48_000)

    services.cancel_line(line_id=line.id, reason="Stopped.", actor=taxes.ACTOR, now=clock.now())
    orders.hear_everything()
    assert queries.order_page(order.id).refunded == dollars(48_000)
    assert (owed("US-IL"), sellers_due()) == (dollars(0), 0)


def test_a_used_phone_bears_tax_on_its_margin_once_its_cost_is_stated(phone: Offer) -> None:
    taxes.load(WITHIN)
    rights.grant(
        grantee=phone.seller,
        brand=phone.variant.model.brand,
        category=phone.variant.model.category,
        conditions=["used"],
    )
    second_hand = offers.offer(condition="used", variant=phone.variant, seller=phone.seller)
    tax_services.state_acquisition(
        offer_id=second_hand.id,
        cost=dollars(36_000),
        acquired_from=AcquiredFrom.PRIVATE_PERSON,
        source="Purchase book, page 12",
        actor=taxes.ACTOR,
        now=clock.now(),
    )

    bought(second_hand, total=48_000)

    assert owed("US-IL") == dollars(2_000)
    line = OrderLine.objects.get()
    assert line.tax_minor == 2_000
    body, _, _ = queries.passport_of(line.id)
    assert '"tax_minor":0' in body
    assert "margin scheme for second-hand goods" in Letter.objects.get(kind="order.placed").body
    assert "$20.00" not in Letter.objects.get(kind="order.placed").body


def test_preparing_again_voids_the_first_quote(phone: Offer) -> None:
    basket_id = orders.basket(phone)
    orders.prepare(basket_id, expected_total=dollars(51_000))
    taxes.load(ILLINOIS)

    with pytest.raises(PriceChangedError):
        orders.prepare(basket_id, expected_total=dollars(51_000))
    orders.prepare(basket_id, expected_total=dollars(52_800))

    first, second = TaxQuote.objects.order_by("quoted_at", "id")
    assert tax.state_of(first.id) is QuoteState.VOIDED
    assert (tax.state_of(second.id), second.tax_minor) == (QuoteState.QUOTED, 4_800)


def test_a_rate_that_changes_in_the_very_moment_is_asked_about(phone: Offer) -> None:
    row = orders.prepare(orders.basket(phone), expected_total=dollars(51_000))
    checkout = Checkout.objects.get(pk=row.id)
    taxes.load(ILLINOIS)

    with pytest.raises(PriceChangedError), transaction.atomic():
        quote_lines(checkout, now=clock.now())

    assert TaxQuote.objects.get().tax_minor == 3_000


def test_an_ended_checkout_voids_its_quotes(phone: Offer) -> None:
    row = orders.prepare(orders.basket(phone), expected_total=dollars(51_000))

    end_checkout(checkout_id=row.id, move=CheckoutMove.EXPIRE, reason="Too late.", now=clock.now())

    assert tax.state_of(TaxQuote.objects.get().id) is QuoteState.VOIDED
    assert TaxQuoteMove.objects.get().reason == "Too late."


def test_production_sells_nowhere_without_a_policy(settings: Settings) -> None:
    orders.shop()
    basket_id = orders.basket(offers.offer())
    settings.TAX_MUST_BE_KNOWN = True

    with pytest.raises(TaxNotKnownError, match="What tax is collected in US is not set"):
        orders.prepare(basket_id)

    assert not Checkout.objects.exists()
    taxes.policy(engine=EngineName.NONE)
    assert orders.prepare(basket_id).total == dollars(48_000)


def test_production_refuses_a_state_that_is_only_estimated(
    phone: Offer, settings: Settings
) -> None:
    settings.TAX_MUST_BE_KNOWN = True
    basket_id = orders.basket(phone)

    with pytest.raises(TaxNotKnownError, match="Only an estimate of the tax in Illinois"):
        orders.prepare(basket_id, expected_total=dollars(51_000))

    assert not Checkout.objects.exists()
    taxes.load(ILLINOIS)
    assert orders.prepare(basket_id, expected_total=dollars(52_800)).total == dollars(52_800)


def test_a_place_without_a_rate_is_refused_everywhere(phone: Offer) -> None:
    address = {**orders.ADDRESS, "country_area": "GU", "city": "Hagåtña", "postal_code": "96910"}
    page = queries.basket_page(basket_id=orders.basket(phone), now=clock.now())

    with pytest.raises(TaxNotKnownError, match="US-GU"):
        queries.basket_tax(page, address=address, now=clock.now())


def test_a_place_with_rules_of_its_own_needs_a_rate_of_its_own(phone: Offer) -> None:
    address = {"country_code": "DE", "postal_code": "27498", "city": "Helgoland"}
    page = queries.basket_page(basket_id=orders.basket(phone), now=clock.now())

    with pytest.raises(TaxNotKnownError, match="Heligoland has tax rules of its own"):
        queries.basket_tax(page, address=address, now=clock.now())

    taxes.load("DE:27498,vat,0,2026-01-01,,Heligoland,Outside the territory of VAT")
    quoted = queries.basket_tax(page, address=address, now=clock.now())
    assert [one.tax for one in quoted.lines.values()] == [dollars(0)]


def test_a_quote_is_never_rewritten(phone: Offer) -> None:
    bought(phone, total=51_000)
    kept = TaxQuote.objects.get()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TaxQuote.objects.filter(pk=kept.pk).update(tax_minor=0)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TaxQuoteMove.objects.all().delete()

    kept.refresh_from_db()
    assert kept.tax_minor == 3_000


def test_a_policy_begins_now_or_later_and_names_its_source() -> None:
    orders.shop()
    now = clock.now()

    with pytest.raises(TaxPolicyError, match="Name where"):
        tax_services.set_tax_policy(
            market="US",
            engine=EngineName.EMBEDDED,
            source=" ",
            from_at=now,
            actor=taxes.ACTOR,
            now=now,
        )

    assert tax.policies() == ()
    assert payouts.year_report(year=2026, zone="UTC") == ()
