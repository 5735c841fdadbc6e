"""What a sequence has come to: its world, its orders, and what was heard since."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bandstand.config.cases.clock import set_clock
from bandstand.config.cases.fields import Part
from bandstand.config.cases.lists import read_again
from bandstand.config.cases.shop_hands import tell_rooms
from bandstand.config.cases.world import ACTOR, NOTIFIER, World
from bandstand.gate import services as gate
from bandstand.gate.events import HoldExpired, HoldLifted, HoldPlaced
from bandstand.gate.rules import DecisionRow
from bandstand.plumbing.models import Letter
from bandstand.rights import services as rights
from bandstand.takedowns import services as takedowns

HOURLY: Final = timedelta(hours=1)
HOLD_NEWS: Final = (HoldPlaced.KIND, HoldExpired.KIND, HoldLifted.KIND)


@dataclass
class Order:
    """One buyer's way from a basket to an order."""

    name: str
    variant: str
    seller: str
    offer_id: UUID
    basket_id: UUID | None = None
    checkout_id: UUID | None = None
    order_id: UUID | None = None
    line_id: UUID | None = None
    refusal: DecisionRow | None = None
    is_refused: bool = False
    """The checkout was refused before there was one."""

    @property
    def email(self) -> str:
        return f"buyer-{self.name.replace('_', '-')}@example.org"


@dataclass
class Play:
    """A sequence while it runs."""

    world: World
    at: datetime
    custody: Any = "complete"
    stress_seconds: int = 10
    stress: dict[str, Any] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    decisions: dict[str, DecisionRow] = field(default_factory=dict)
    steps: list[Part] = field(default_factory=list)
    """Every step, so that one may look at what is to come."""
    step_number: int = 0
    asked_at: datetime | None = None
    lists_told: frozenset[str] = frozenset()
    """The brands whose list is read by a step of the case."""
    is_status_kept: bool = True
    """The shop's hourly job asks for statuses, unless the case itself does."""
    _letters_seen: set[UUID] = field(default_factory=set)

    def go_to(self, at: datetime) -> None:
        """Let time pass to an instant, and the shop's own jobs with it."""
        self.at = self.world.at = at
        set_clock(at)
        if self.asked_at is None or at - self.asked_at >= HOURLY:
            self._ask_issuers()
            self.asked_at = at
        gate.turn_holds(now=at)
        self.hear_holds()

    def _ask_issuers(self) -> None:
        """Ask every issuer whether its grants stand, unless the case itself says the answer."""
        for brand in self.world.served:
            if brand not in self.lists_told:
                read_again(self.world, brand, at=self.at)
        if self.is_status_kept:
            self.world.statuses.ask(now=self.at)
            for grant_id in self.world.asked:
                rights.confirm_status(grant_id=grant_id, actor=ACTOR, now=self.at)

    def hear_holds(self) -> None:
        """Tell the rooms news of holds alone: what becomes of a payment is for a step to say."""
        tell_rooms(now=self.at, kinds=HOLD_NEWS)

    def is_to_come(self, *verbs: str, order: str) -> bool:
        """Say whether a step to come does one of these with an order."""
        return any(
            step.text("do", "") in verbs and step.text("order", order) == order
            for step in self.steps[self.step_number :]
        )

    def follow_holds(self) -> None:
        """Walk the aftermath of every hold in force, as the job that each one starts does."""
        for hold_id in self.world.holds.values():
            takedowns.run_aftermath(hold_id=hold_id, now=self.at)

    def told(self) -> list[str]:
        """Return who was written to since this was last asked, by their parts in the case."""
        fresh = Letter.objects.exclude(pk__in=self._letters_seen)
        rows = list(fresh.order_by("queued_at", "id").values_list("id", "to_address"))
        self._letters_seen |= {key for key, _ in rows}
        parts = [self._part_of(address) for _, address in rows]
        return list(dict.fromkeys(parts))

    def _part_of(self, address: str) -> str:
        if address == NOTIFIER:
            return "notifier"
        if address in {one.email for one in self.world.parties.values()}:
            return "seller"
        if address in {one.email for one in self.world.brands.values()}:
            return "brand"
        if address in {one.email for one in self.orders.values()}:
            return "buyer"
        return "operator"
