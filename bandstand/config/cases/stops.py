"""Holds of a case: placed by one, lifted by two, as anybody places and lifts them."""

from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.config.cases.clock import set_clock
from bandstand.config.cases.fields import CaseWordsError, Part, known, unknown_text, word_of
from bandstand.config.cases.questions import activity_of, condition_of
from bandstand.config.cases.world import ACTOR, NOTIFIER, SECOND, World, bare
from bandstand.gate import services as gate
from bandstand.gate.rules import Activity, Basis, HoldScope
from bandstand.kernel.words import Ground
from bandstand.takedowns.rules import STOPPED_ACTIVITIES

BASES: Final = {
    "brand_notice": Basis.BRAND_NOTICE,
    "unverified_notice": Basis.UNVERIFIED_NOTICE,
    "provisional": Basis.UNVERIFIED_NOTICE,
    "trader_traceability": Basis.TRADER_TRACEABILITY,
    "authority_order": Basis.AUTHORITY_ORDER,
    "authority": Basis.AUTHORITY_ORDER,
    "illegal_product": Basis.AUTHORITY_ORDER,
    "recall": Basis.RECALL,
    "safety": Basis.RECALL,
    "court": Basis.COURT,
    "court_order": Basis.COURT,
    "exclusion_order": Basis.COURT,
    "network": Basis.NETWORK,
    "operator": Basis.OPERATOR,
    "staff": Basis.OPERATOR,
}
LAWFUL: Final = frozenset(
    {Basis.AUTHORITY_ORDER, Basis.RECALL, Basis.COURT, Basis.TRADER_TRACEABILITY}
)
EVERYTHING: Final = ("everything", "all")


def place_held(world: World, words: Part, *, at: datetime) -> None:
    """
    Place a hold that stands when a question is asked at an instant, lifted again if the case says.

    It is placed at the instant it takes effect, or now if that is still to come.
    """
    begins = words.instant("effective_at", words.instant("at", at))
    placed_at = words.instant("placed_at", min(begins, at))
    set_clock(placed_at)
    hold_id = place(world, words, at=placed_at)
    lifted_at = words.maybe_instant("lifted_at")
    if lifted_at is not None and lifted_at <= at:
        set_clock(lifted_at)
        lift(hold_id, reason="As the case has it.", at=lifted_at)
    set_clock(at)


def place(world: World, words: Part, *, at: datetime) -> UUID:
    """Place a hold and remember its name. Raises: CaseWordsError."""
    begins, ends = words.maybe_instant("effective_at"), words.maybe_instant("expires_at")
    basis = known(
        bare(words).text("basis", "operator"), among=BASES, what="basis", where=words.where
    )
    name = words.text("id", f"h{len(world.holds) + 1}")
    words.nothing_more("placed_by", "by", "kind", "legal_ref", "provisional")
    world.holds[name] = gate.place_hold(
        scope=scope_of(world, words.part("scope")),
        activities=activities_of(words),
        basis=basis,
        ground=_ground(words, basis=basis),
        reason=words.text("reason", "The sale is stopped as the case has it."),
        legal_reference=words.text("legal_reference", ""),
        effective_at=begins if begins is not None and begins > at else None,
        expires_at=ends,
        is_provisional=words.flag("provisional", default=basis is Basis.UNVERIFIED_NOTICE),
        notifier_email=NOTIFIER if basis in {Basis.UNVERIFIED_NOTICE, Basis.BRAND_NOTICE} else "",
        actor=ACTOR,
        now=at,
    )
    return world.holds[name]


def lift(hold_id: UUID, *, reason: str, at: datetime) -> None:
    """Let one of the staff propose to lift a hold and another confirm it."""
    request = gate.propose_lift(hold_id=hold_id, reason=reason, actor=ACTOR, now=at)
    gate.confirm_lift(request_id=request, actor=SECOND, now=at)


def scope_of(world: World, words: Part) -> HoldScope:
    """Read the scope of a hold. Raises: CaseWordsError."""
    where = words.where
    brand, market = words.maybe("brand"), words.maybe("market")
    category, variant = words.maybe("category"), words.maybe("variant")
    seller, condition = words.maybe("seller"), words.maybe("condition")
    listing = words.first("listing", "offer")
    serials = (*words.texts("serials"), *words.texts("serial"))
    return HoldScope(
        brand_id=world.brand(brand, where=where).id if brand else None,
        include_sub_brands=words.flag("include_sub_brands"),
        market=world.market_of(market, where=where) if market else None,
        category_id=world.category(category, where=where) if category else None,
        model_id=_model(world, words, brand=brand),
        variant_id=world.variant(variant, where=where).id if variant else None,
        seller_id=world.party(seller, where=where).id if seller else None,
        offer_id=listing_of(world, words.text(listing), where=where) if listing else None,
        lot=words.maybe("lot"),
        serials=serials or None,
        condition=condition_of(condition, where=where).value if condition else None,
        stock_before=words.maybe_instant("stock_before"),
        is_everything=any(words.flag(name) for name in EVERYTHING),
    )


def listing_of(world: World, name: str, *, where: str) -> UUID:
    """Return the offer that a book's listing names. Raises: CaseWordsError."""
    if name not in world.listings:
        raise CaseWordsError(unknown_text(name, among=world.listings, what="listing", where=where))
    return world.listings[name]


def activities_of(words: Part) -> frozenset[Activity]:
    """Return what a hold stops; unless it says, all that a notice stops."""
    named = words.texts("activities")
    if not named:
        return STOPPED_ACTIVITIES
    return frozenset(activity_of(one, where=words.where) for one in named)


def _model(world: World, words: Part, *, brand: str | None) -> UUID | None:
    name = words.maybe("model")
    return world.models_named(name, brands=(brand,) if brand else ())[0] if name else None


def _ground(words: Part, *, basis: Basis) -> Ground:
    named = words.maybe("ground")
    if named is None:
        return Ground.LAW if basis in LAWFUL else Ground.TERMS
    return word_of(Ground, named, what="ground", words=list(Ground), where=words.where)
