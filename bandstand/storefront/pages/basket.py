"""The basket: what is in it, what it costs now, what changed, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from bandstand.credit.rules import PriceDisclosure
from bandstand.money import Money, format_money, sum_of
from bandstand.orders.queries import BasketLineRow, BasketPage
from bandstand.storefront.art.phone_art import phone_svg
from bandstand.storefront.pages.cards import product_url, shape_of
from bandstand.storefront.pages.prices import AmountLine, PriceText, price_text
from bandstand.storefront.pages.product import OUTRIGHT
from bandstand.storefront.pages.words import configuration_line


@dataclass(frozen=True, slots=True)
class PlanOption:
    """A way to pay, by its value in the form."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class BasketLineView:
    """One thing in the basket."""

    key: str
    url: str
    title: str
    detail: str
    seller: str
    art_svg: str
    tone: str
    price: PriceText
    price_minor: int
    due_today: str
    plans: tuple[PlanOption, ...]
    is_off: bool
    """It is not sold any more, so no plan can be chosen for it."""
    problem: str
    problem_title: str
    old_price: str
    """What the buyer last saw, if it is another; empty otherwise."""
    new_price: str


@dataclass(frozen=True, slots=True)
class BasketView:
    """What the basket page says."""

    lines: tuple[BasketLineView, ...]
    due_today: str
    has_changed_prices: bool
    can_check_out: bool
    totals: tuple[AmountLine, ...]


def basket_view(page: BasketPage | None, *, locale: str) -> BasketView:
    """Return the basket as it stands, or an empty one."""
    if page is None or page.is_closed:
        return BasketView(
            lines=(), due_today="", has_changed_prices=False, can_check_out=False, totals=()
        )
    return BasketView(
        lines=tuple(line_view(line) for line in page.lines),
        due_today=format_money(page.due_today, locale),
        has_changed_prices=page.has_changed_prices,
        can_check_out=page.can_check_out,
        totals=totals_of([(one.price, one.disclosure) for one in page.lines], locale=locale),
    )


def line_view(line: BasketLineRow) -> BasketLineView:
    """Return one thing in the basket, at today's price."""
    offer = line.offer
    shape = shape_of(
        brand=offer.brand,
        model=offer.model,
        category=offer.category_slug,
        colour=offer.colour_hex or offer.colour,
    )
    changed = line.is_price_changed
    return BasketLineView(
        key=str(line.id),
        url=product_url(slug=offer.variant_slug, public_id=offer.public_id),
        title=offer.title,
        detail=configuration_line(offer.configuration, offer.condition),
        seller=offer.seller_name,
        art_svg=phone_svg(shape),
        tone=shape.tone,
        price=price_text(line.price, line.disclosure, locale=offer.locale, credits=line.credits),
        price_minor=line.price.minor,
        due_today=format_money(line.due_today, offer.locale),
        plans=_plans(line),
        is_off=line.hold is not None or not offer.is_listed,
        problem=line.problem,
        problem_title=_problem_title(line),
        old_price=format_money(line.seen_price, offer.locale) if changed else "",
        new_price=format_money(line.price, offer.locale) if changed else "",
    )


def totals_of(
    sums: Sequence[tuple[Money, PriceDisclosure | None]],
    *,
    locale: str,
    taxes: Sequence[AmountLine] = (),
    tax_added: Money | None = None,
) -> tuple[AmountLine, ...]:
    """
    Return the sums of several prices: the prices, finance charges and taxes if any, and all
    together.
    """
    if not sums:
        return ()
    currency = sums[0][0].currency
    prices = sum_of((price for price, _ in sums), currency=currency)
    charges = sum_of((told.finance_charge for _, told in sums if told), currency=currency)
    rows = [AmountLine("Prices", format_money(prices, locale))]
    if charges.is_positive:
        rows.append(AmountLine("Finance charges", format_money(charges, locale)))
    rows.extend(taxes)
    whole = prices + charges + (tax_added or Money.zero(currency))
    rows.append(AmountLine("In all", format_money(whole, locale)))
    return tuple(rows)


def _plans(line: BasketLineRow) -> tuple[PlanOption, ...]:
    outright = PlanOption(OUTRIGHT, "Outright", is_chosen=line.terms_id is None)
    return (
        outright,
        *(
            PlanOption(
                str(one.terms.months), one.terms.label, is_chosen=one.terms.id == line.terms_id
            )
            for one in line.plans
        ),
    )


def _problem_title(line: BasketLineRow) -> str:
    if line.hold is not None:
        return "Its sale was stopped"
    if not line.problem:
        return ""
    return (
        "Sold out" if line.offer.stock_left < 1 and line.offer.is_listed else "Cannot be bought now"
    )
