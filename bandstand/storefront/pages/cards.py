"""One phone on the shelf, as its card shows it."""

from dataclasses import dataclass, replace
from typing import Final

from bandstand.catalogue.rules import CELLULAR
from bandstand.offers.queries import ShelfCard
from bandstand.offers.rules import title_text
from bandstand.storefront.art.bars import FitBadge, fit_badge
from bandstand.storefront.art.phone_art import phone_svg
from bandstand.storefront.art.shapes import Form, PhoneShape, shape_for
from bandstand.storefront.pages.prices import PriceText, price_text
from bandstand.storefront.pages.words import configuration_line

FORMS: Final = {"wearable": Form.BAND, "audio": Form.HEADPHONES}


@dataclass(frozen=True, slots=True)
class Flag:
    """A small label on a card."""

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class CardView:
    """What ``components/phone_card.html`` takes."""

    url: str
    brand: str
    model: str
    detail: str
    art_svg: str
    tone: str
    fit: FitBadge | None
    price: PriceText
    seller: str
    flags: tuple[Flag, ...]


def card_view(card: ShelfCard, *, locale: str) -> CardView:
    """Return the card of an offer on sale."""
    shape = shape_of(
        brand=card.brand, model=card.model, category=card.category_slug, colour=_colour(card)
    )
    is_named = title_text(brand=card.brand, model=card.model) == card.model
    return CardView(
        url=product_url(slug=card.url_slug, public_id=card.public_id),
        brand="" if is_named else card.brand,
        model=card.model,
        detail=configuration_line(card.configuration, card.condition),
        art_svg=phone_svg(shape),
        tone=shape.tone,
        fit=_badge(card),
        price=price_text(card.price, card.disclosure, locale=locale),
        seller=card.seller_name,
        flags=flags_of(condition=card.condition, stock_left=card.stock_left),
    )


def product_url(*, slug: str, public_id: str) -> str:
    """Return the address of a product page."""
    return f"/phones/{slug}/{public_id}/"


def badge(tier: str, *, label: str = "") -> FitBadge:
    """Return the fit badge of a tier with the words of a stored label, “Works: 4G and calls”."""
    plain = fit_badge(tier)
    word, _, sentence = label.partition(": ")
    return replace(plain, word=word, sentence=sentence) if word else plain


def shape_of(*, brand: str, model: str, category: str, colour: str) -> PhoneShape:
    """Return the shape that a thing is drawn in."""
    form = FORMS.get(category, Form.PHONE)
    return shape_for(brand, model, form=form, colour=colour)


def flags_of(*, condition: str, stock_left: int) -> tuple[Flag, ...]:
    """Return the small labels of a card: what is not new, what is about to be gone."""
    worn = (Flag("", condition.capitalize()),) if condition != "new" else ()
    last = (Flag("", "Last one"),) if stock_left == 1 else ()
    return worn + last


def _badge(card: ShelfCard) -> FitBadge | None:
    # A band or headphones speak to a phone, not to a network.
    if card.tier is None or card.category_slug not in CELLULAR:
        return None
    return badge(card.tier, label=card.fit_label)


def _colour(card: ShelfCard) -> str:
    return card.colour_hex or card.colour
