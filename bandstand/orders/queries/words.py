"""What pages say of baskets, checkouts and orders: frozen values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.credit.queries import PlanPage
from bandstand.credit.rules import PriceDisclosure
from bandstand.gate.queries import HoldRow
from bandstand.money import Money
from bandstand.offers.queries import OfferRow, PlanChoice
from bandstand.orders.rules import CheckoutState, LineState
from bandstand.promotions.queries import CreditOffer
from bandstand.tax.rules import LineTax


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketLineRow:
    """One phone in a basket, at today's price."""

    id: UUID
    offer: OfferRow
    terms_id: UUID | None
    price: Money
    seen_price: Money
    """The price the buyer last saw and agreed to."""
    disclosure: PriceDisclosure | None
    """None when bought outright."""
    plans: tuple[PlanChoice, ...]
    due_today: Money
    first_payment_today: bool
    """No down payment: the plan's first payment is taken at checkout."""
    credits: CreditOffer | None
    """The credits it comes with on this plan."""
    hold: HoldRow | None
    problem: str
    """Why this line cannot be bought now, in a sentence; empty when it can."""

    @property
    def is_price_changed(self) -> bool:
        return self.price != self.seen_price

    @property
    def can_be_bought(self) -> bool:
        return not self.problem


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketPage:
    """A basket as it stands now."""

    id: UUID
    public_id: str
    market: str
    currency: str
    lines: tuple[BasketLineRow, ...]
    total: Money
    """What the phones cost; the ``expected_total`` of ``services.prepare``."""
    due_today: Money
    is_closed: bool
    live_checkout_id: UUID | None

    @property
    def can_check_out(self) -> bool:
        return (
            bool(self.lines)
            and not self.is_closed
            and all(line.can_be_bought for line in self.lines)
        )

    @property
    def has_changed_prices(self) -> bool:
        return any(line.is_price_changed for line in self.lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutLineRow:
    """One reserved phone in a checkout."""

    id: UUID
    offer_id: UUID
    title: str
    configuration: str
    seller_name: str
    condition: str
    colour_hex: str
    price: Money
    due_today: Money
    terms_id: UUID | None
    disclosure: PriceDisclosure | None
    """The stored disclosure, as the buyer was told; None when bought outright."""
    first_payment_today: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutRow:
    """A checkout as it stands."""

    id: UUID
    public_id: str
    basket_id: UUID
    state: CheckoutState
    email: str
    buyer_name: str
    address: dict[str, str]
    market: str
    total: Money
    due_today: Money
    lines: tuple[CheckoutLineRow, ...]
    payment_id: UUID | None
    prepared_at: datetime
    expires_at: datetime
    failure: str
    order_id: UUID | None
    order_number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LineMoveRow:
    """A step in an order line's life."""

    move: str
    from_state: str
    to_state: str
    moved_at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLineRow:
    """One phone of an order, with the evidence the buyer saw."""

    id: UUID
    public_id: str
    offer_id: UUID
    offer_public_id: str
    variant_id: UUID
    variant_slug: str
    title: str
    configuration: str
    condition: str
    colour_hex: str
    seller_id: UUID
    seller_name: str
    imei: str
    serial: str
    state: LineState
    price: Money
    due_today: Money
    commission: Money
    disclosure: PriceDisclosure | None
    plan: PlanPage | None
    fit: dict[str, object]
    committed_at: datetime
    carrier: str
    tracking: str
    released_at: datetime | None
    delivered_at: datetime | None
    passport_sha256: str
    moves: tuple[LineMoveRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """An order in one row."""

    id: UUID
    public_id: str
    number: str
    checkout_id: UUID
    email: str
    buyer_name: str
    market: str
    total: Money
    due_today: Money
    payment_id: UUID | None
    placed_at: datetime
    line_states: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPage:
    """Everything an order page says."""

    order: OrderRow
    address: dict[str, str]
    lines: tuple[OrderLineRow, ...]
    payment_state: str
    """The payment's word: authorised, captured, voided…"""
    captured: Money
    refunded: Money
    link: str
    """The signed path under which a guest reads this page."""
    taxes: tuple[LineTax, ...] = ()
    """The tax of each taxed line, as it was quoted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFilters:
    """What the console asks of the list of orders; empty admits everything."""

    text: str = ""
    """Part of a number, e-mail or buyer's name, or a whole IMEI or serial."""
    line_state: str = ""
    seller_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrdersPage:
    """One page of orders, newest first."""

    orders: tuple[OrderRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AffectedLine:
    """One order line that a scope covers, with what its buyer has at stake."""

    line_id: UUID
    public_id: str
    order_id: UUID
    order_number: str
    order_link: str
    state: LineState
    title: str
    email: str
    buyer_name: str
    seller_id: UUID
    seller_name: str
    price: Money
    captured: Money
    """What was taken from the card for this line; zero while only authorised."""
    plan_id: UUID | None
    committed_at: datetime
