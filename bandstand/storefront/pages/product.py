"""One phone from one seller: will it work, may it be sold, what does it cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.money import format_money
from bandstand.offers import queries as offers
from bandstand.offers.queries import OfferPage, OfferRow, PlanChoice
from bandstand.promotions import queries as promotions
from bandstand.promotions.queries import CreditOffer, CreditsOnOffer
from bandstand.rights import queries as rights
from bandstand.rights.paths import RightStep
from bandstand.rights.queries.labels import listing_words
from bandstand.storefront.art.phone_art import phone_svg
from bandstand.storefront.pages.cards import CardView, card_view, product_url, shape_of
from bandstand.storefront.pages.fits import FitPanel, fit_panel
from bandstand.storefront.pages.prices import (
    AmountLine,
    DueRow,
    PriceText,
    due_rows,
    due_today_lines,
    price_text,
)
from bandstand.storefront.pages.words import configuration_line, stock_text
from bandstand.storefront.shop import Shop

OUTRIGHT = "outright"


@dataclass(frozen=True, slots=True)
class PlanView:
    """One way to pay, as ``components/plan_chooser.html`` takes it."""

    value: str
    label: str
    price: PriceText
    is_chosen: bool
    due_today_lines: tuple[AmountLine, ...]
    due_rows: tuple[DueRow, ...]
    derivation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of the right to sell, as ``components/right_path.html`` takes it."""

    what: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class OtherOffer:
    """Another offer of the same phone."""

    url: str
    label: str
    price: str


@dataclass(frozen=True, slots=True)
class ProductPage:
    """What the product page says."""

    url: str
    offer_public_id: str
    title: str
    brand: str
    brand_slug: str
    brand_line: str
    detail: str
    art_svg: str
    tone: str
    network_name: str
    market_name: str
    category_url: str
    compare_url: str
    category: str
    seller: str
    seller_slug: str
    plans: tuple[PlanView, ...]
    fit: FitPanel | None
    right_heading: str
    right_steps: tuple[PathStep, ...]
    stock: str
    is_sold_out: bool
    is_listed: bool
    dispatch_days: int
    return_days: int
    warranty_months: int
    warning: str
    """What the listing says of goods that differ from those made for the market."""
    others: tuple[OtherOffer, ...]
    alternatives: tuple[CardView, ...]


def product_page(found: OfferPage, *, shop: Shop, months: str = "", now: datetime) -> ProductPage:
    """Return the product page of an offer that no hold stops."""
    offer = found.offer
    shape = shape_of(
        brand=offer.brand,
        model=offer.model,
        category=offer.category_slug,
        colour=offer.colour_hex or offer.colour,
    )
    steps = rights.right_path(
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market,
        condition=offer.condition,
        at=now,
    )
    is_phone = offer.category_slug == "phone"
    return ProductPage(
        url=product_url(slug=offer.variant_slug, public_id=offer.public_id),
        offer_public_id=offer.public_id,
        title=offer.title,
        brand=offer.brand,
        brand_slug=offer.brand_slug,
        brand_line=configuration_line(
            offer.brand, f"model {offer.variant_code}" if offer.variant_code else ""
        ),
        detail=configuration_line(offer.configuration, offer.condition),
        art_svg=phone_svg(shape, label=f"Drawing of {offer.title}, {offer.colour}".rstrip(", ")),
        tone=shape.tone,
        network_name=shop.network.name,
        market_name=shop.market_words,
        compare_url=f"/compare/?v={offer.variant_slug}" if is_phone else "",
        category_url="/phones/" if is_phone else f"/phones/?category={offer.category_slug}",
        category=offer.category,
        seller=offer.seller_name,
        seller_slug=offer.seller_slug,
        plans=plan_views(
            offer,
            plans=found.plans,
            months=months,
            promoted=promotions.credits_on([offer.id], market=offer.market, now=now),
        ),
        fit=_fit(found, shop=shop, now=now),
        right_heading=_right_heading(steps),
        right_steps=tuple(_path_steps(steps)),
        stock=stock_text(offer.stock_left),
        is_sold_out=offer.stock_left < 1,
        is_listed=offer.is_listed,
        dispatch_days=offer.dispatch_days,
        return_days=offer.return_days,
        warranty_months=offer.warranty_months,
        warning=listing_words(
            seller_id=offer.seller_id, variant_id=offer.variant_id, market=offer.market
        ),
        others=tuple(_others(offer)),
        alternatives=() if found.is_on_sale else alternatives_to(offer.id, shop=shop, now=now),
    )


def plan_views(
    offer: OfferRow, *, plans: tuple[PlanChoice, ...], promoted: CreditsOnOffer, months: str = ""
) -> tuple[PlanView, ...]:
    """Return the ways to pay for an offer: outright first; the asked or the default one chosen."""
    values = {OUTRIGHT, *(str(one.terms.months) for one in plans)}
    default = next((str(one.terms.months) for one in plans if one.is_default), OUTRIGHT)
    chosen = months if months in values else default
    outright = PlanView(
        value=OUTRIGHT,
        label="Outright",
        price=price_text(offer.price, None, locale=offer.locale),
        is_chosen=chosen == OUTRIGHT,
        due_today_lines=(AmountLine("Due today", format_money(offer.price, offer.locale)),),
        due_rows=(),
        derivation=(),
    )
    return (
        outright,
        *(
            _plan_view(
                offer,
                plan=one,
                chosen=chosen,
                promoted=promoted.on(offer.id, told=one.disclosure),
            )
            for one in plans
        ),
    )


def alternatives_to(offer_id: UUID, *, shop: Shop, now: datetime) -> tuple[CardView, ...]:
    """Return cards of what would serve instead of an offer."""
    cards = offers.alternatives(offer_id=offer_id, now=now, network_id=shop.network.id)
    return tuple(card_view(one, locale=shop.locale) for one in cards)


def _plan_view(
    offer: OfferRow, *, plan: PlanChoice, chosen: str, promoted: CreditOffer | None
) -> PlanView:
    value = str(plan.terms.months)
    return PlanView(
        value=value,
        label=f"{plan.terms.months} months",
        price=price_text(offer.price, plan.disclosure, locale=offer.locale, credits=promoted),
        is_chosen=value == chosen,
        due_today_lines=due_today_lines(plan.disclosure, locale=offer.locale),
        due_rows=due_rows(plan.disclosure, locale=offer.locale),
        derivation=plan.disclosure.derivation,
    )


def _fit(found: OfferPage, *, shop: Shop, now: datetime) -> FitPanel | None:
    if found.fit is None:
        return None
    offer = found.offer
    return fit_panel(
        found.fit,
        variant=catalogue.variant_page(offer.variant_slug),
        bands=catalogue.chart_bands(
            variant_id=offer.variant_id, network_id=shop.network.id, on=shop.today(now)
        ),
        network_name=shop.network.name,
    )


def _right_heading(steps: tuple[RightStep, ...]) -> str:
    """Return whether the right is shown: by every step, by none yet, or in question."""
    states = {step.state for step in steps}
    if states == {"yes"}:
        return "Yes"
    return "In question: somebody looks at it" if states == {"part"} else "Not shown"


def _path_steps(steps: tuple[RightStep, ...]) -> Iterator[PathStep]:
    for step in steps:
        source = "" if step.source in step.text else step.source
        note = configuration_line(step.period_text, step.level, source)
        yield PathStep(what=step.text, note=note, state=step.state)


def _others(offer: OfferRow) -> Iterator[OtherOffer]:
    listed = offers.offers_of_variant(variant_id=offer.variant_id, market=offer.market)
    stopped = offers.holds_on([one.id for one in listed if one.id != offer.id])
    for one in listed:
        if one.id != offer.id and one.stock_left > 0 and one.id not in stopped:
            yield OtherOffer(
                url=product_url(slug=one.variant_slug, public_id=one.public_id),
                label=configuration_line(one.configuration, one.condition, one.seller_name),
                price=format_money(one.price, one.locale),
            )
