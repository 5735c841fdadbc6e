"""What pages say of one offer: frozen values for the product page, the console and the seller."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.catalogue.queries import StoredFitRow
from bandstand.gate.queries import HoldRow
from bandstand.money import Money
from bandstand.offers.queries.plans import PlanChoice


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferRow:
    """The plain facts of an offer, whatever its state."""

    id: UUID
    public_id: str
    state: str
    seller_id: UUID
    seller_name: str
    seller_slug: str
    variant_id: UUID
    variant_slug: str
    variant_code: str
    is_radio: bool
    brand: str
    brand_slug: str
    model: str
    category: str
    category_slug: str
    title: str
    configuration: str
    market: str
    locale: str
    """The market's locale, in which its amounts are written."""
    time_zone: str
    """The market's time zone, in which its days begin."""
    condition: str
    storage_gb: int | None
    colour: str
    colour_hex: str
    price: Money
    dispatch_days: int
    return_days: int
    warranty_months: int
    last_decision_id: UUID | None
    created_at: datetime
    published_at: datetime | None
    stock_left: int

    @property
    def is_listed(self) -> bool:
        return self.state == "listed"


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferPage:
    """Everything a product page says of one offer."""

    offer: OfferRow
    plans: tuple[PlanChoice, ...]
    fit: StoredFitRow | None
    hold: HoldRow | None
    """The hold that stops its sale now, if any: then the page is the stopped page."""

    @property
    def is_on_sale(self) -> bool:
        return self.offer.is_listed and self.hold is None and self.offer.stock_left > 0

    @property
    def default_plan(self) -> PlanChoice | None:
        return next((plan for plan in self.plans if plan.is_default), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferMoveRow:
    """A step in an offer's life."""

    move: str
    from_state: str
    to_state: str
    moved_at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferList:
    """One page of offers for the console or a seller."""

    offers: tuple[OfferRow, ...]
    total: int
    page: int
    pages: int
