"""The question of a case, put to the gate as anybody's is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bandstand.config.cases.fields import CaseWordsError, Part, word_of
from bandstand.config.cases.stock import Stock, stock_of
from bandstand.config.cases.world import ACTOR, World
from bandstand.gate import services as gate
from bandstand.gate.rules import Activity, DecisionRow
from bandstand.rights.rules import Condition, ListingFact

NOT_ABOUT_RIGHTS: Final = (
    "storefront",
    "site",
    "site_domain",
    "domain",
    "currency",
    "language",
    "ip",
    "ip_country",
    "bill_to",
    "billing",
    "billing_country",
    "buyer",
    "customer",
    "price",
    "quantity",
    "channel",
    "payment_country",
    "card_country",
)
"""
What never counts: the market is the place of delivery, and the seller of record is who sells.

Source: rule 1 of the book's normative rules, and case A04.
"""
UNIT_WORDS: Final = (
    "serial",
    "imei",
    "lot",
    "received_at",
    "stocked_at",
    "in_stock_since",
    "stock_received_at",
    "unit_received_at",
)
PARTS: Final = ("bundle", "components", "variants", "items")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, once the names of the book have become ids."""

    action: Activity
    seller_id: UUID
    market: str
    condition: Condition
    at: datetime
    variants: tuple[str, ...]
    unit: Part
    custody: Any
    sold_at: datetime | None


def question_of(world: World, words: Part, *, custody: object, action: str = "") -> Question:
    """Read a question. Raises: CaseWordsError."""
    words.nothing_more(*NOT_ABOUT_RIGHTS)
    return Question(
        action=activity_of(words.text("action", action or None), where=words.where),
        seller_id=world.party(words.text("seller"), where=words.where).id,
        market=world.market_of(words.text("deliver_to", "US"), where=words.where),
        condition=condition_of(words.text("condition", "new"), where=words.where),
        at=words.instant("at", world.at),
        variants=_variants(words),
        unit=_unit(words),
        custody=words.raw("custody", custody),
        sold_at=words.maybe_instant("sold_at"),
    )


def ask(
    world: World, question: Question, *, listing: ListingFact | None, offer_id: UUID | None = None
) -> list[DecisionRow]:
    """Ask the gate about each variant of a question; about the listing's words if it has none."""
    if not question.variants:
        return [_may(question, variant_id=None, listing=listing)]
    return [
        _ask_one(world, question, name=name, listing=listing, offer_id=offer_id)
        for name in question.variants
    ]


def _ask_one(
    world: World,
    question: Question,
    *,
    name: str,
    listing: ListingFact | None,
    offer_id: UUID | None,
) -> DecisionRow:
    stock = stock_of(
        world,
        Stock(
            variant=name,
            seller_id=question.seller_id,
            market=question.market,
            condition=question.condition,
            custody=question.custody,
            unit=question.unit,
            at=question.at,
            offer_id=offer_id,
        ),
    )
    return _may(
        question,
        variant_id=world.variant(name).id,
        listing=listing,
        offer_id=stock.offer_id,
        unit_id=stock.unit_id,
    )


def _may(question: Question, *, variant_id: UUID | None, **about: Any) -> DecisionRow:  # noqa: ANN401 -- ids and a listing
    return gate.may(
        action=question.action,
        seller_id=question.seller_id,
        variant_id=variant_id,
        market=question.market,
        condition=question.condition.value,
        sold_at=question.sold_at,
        actor=ACTOR,
        now=question.at,
        **about,
    )


def listing_of(words: Part) -> ListingFact:
    """Read what the seller writes in a listing."""
    words.nothing_more("variant", "title")
    serials = (*words.texts("serials"), *words.texts("serial"))
    return ListingFact(
        brand_text=words.text("brand_text", ""),
        category_text=words.text("category_text", ""),
        model_text=words.text("model_text", ""),
        gtin=words.text("gtin", ""),
        serials=serials,
    )


def activity_of(text: str, *, where: str) -> Activity:
    """Return an activity by its name. Raises: CaseWordsError with near matches."""
    return word_of(Activity, text, what="action", words=list(Activity), where=where)


def condition_of(text: str, *, where: str) -> Condition:
    """Return a condition of goods by its name. Raises: CaseWordsError with near matches."""
    return word_of(Condition, text, what="condition", words=list(Condition), where=where)


def _unit(words: Part) -> Part:
    """Return what is said of the unit, in its own part or beside it."""
    unit = words.raw("unit")
    own = dict(unit) if isinstance(unit, dict) else {"serial": unit} if unit else {}
    beside = {name: words.raw(name) for name in UNIT_WORDS if name in words}
    return Part({**beside, **own}, where=f"{words.where}.unit")


def _variants(words: Part) -> tuple[str, ...]:
    named = words.first(*PARTS)
    if named is not None:
        found = tuple(_variant_in(one, where=words.where) for one in words.list_of(named))
        alone = words.maybe("variant")
        return found if alone is None else (alone, *(one for one in found if one != alone))
    alone = words.maybe("variant")
    return () if alone is None else (alone,)


def _variant_in(one: object, *, where: str) -> str:
    if isinstance(one, str):
        return one
    if isinstance(one, dict) and "variant" in one:
        return str(one["variant"])
    raise CaseWordsError(f"{where}: a component is a variant's name, found {one!r}.")
