"""What buyers, and whoever stops a sale, do on a day of the drill, in the workers' way."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from bandstand.config.rehearsals.money_drill.clock import DrillClock
from bandstand.config.rehearsals.money_drill.unwinding import undo_sale
from bandstand.config.rehearsals.money_drill.world import Deed, DrillWorld
from bandstand.credit import services as credit
from bandstand.credit.models import Instalment
from bandstand.credit.rules import AskKind, InstalmentState, PlanState
from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.money import Money
from bandstand.payments.services import collecting

EXTRA: Final = Money(5_000, "USD")
NOTHING: Final = Money.zero("USD")
STAFF: Final = "ada@lark.example"


def act(world: DrillWorld, *, day: date, clock: DrillClock) -> None:
    """Do what the world foretells for a day; what is refused was refused to a buyer too."""
    for deed, plan_id in world.deeds.get(day, ()):
        _try(_DEEDS[deed], plan_id, clock=clock)
    for plan_id in _due_by_hand(world, day=day):
        _try(_pay_instalment, plan_id, clock=clock)


def _due_by_hand(world: DrillWorld, *, day: date) -> Iterator[UUID]:
    due = Instalment.objects.filter(
        due_on__lte=day,
        state=InstalmentState.SCHEDULED.value,
        plan__state=PlanState.ACTIVE.value,
        plan__in=world.by_hand,
    )
    yield from due.order_by("plan").values_list("plan_id", flat=True).distinct()


def _try(do: Callable[[UUID, DrillClock], None], plan_id: UUID, *, clock: DrillClock) -> None:
    try:
        do(plan_id, clock)
    except (BadInputError, RefusedError):
        return  # the saved card was faster, all is paid, or the plan has ended: that is the point


def _pay(plan_id: UUID, *, kind: AskKind, extra: Money, clock: DrillClock) -> None:
    collecting.pay_plan(
        plan_id=plan_id,
        kind=kind,
        extra=extra,
        card_token="tok_ok",  # noqa: S106 -- a test card
        return_url="",
        now=clock.now(),
    )


def _pay_instalment(plan_id: UUID, clock: DrillClock) -> None:
    _pay(plan_id, kind=AskKind.INSTALMENT, extra=NOTHING, clock=clock)


def _pay_off(plan_id: UUID, clock: DrillClock) -> None:
    _pay(plan_id, kind=AskKind.PAYOFF, extra=NOTHING, clock=clock)


def _pay_extra(plan_id: UUID, clock: DrillClock) -> None:
    _pay(plan_id, kind=AskKind.EXTRA, extra=EXTRA, clock=clock)


def _cancel(plan_id: UUID, clock: DrillClock) -> None:
    undo_sale(plan_id=plan_id, now=clock.now())


def _pause(plan_id: UUID, clock: DrillClock) -> None:
    credit.pause_plan(plan_id=plan_id, reason="in hospital", actor=STAFF, now=clock.now())


def _resume(plan_id: UUID, clock: DrillClock) -> None:
    credit.resume_plan(plan_id=plan_id, now=clock.now())


_DEEDS: Final[Mapping[Deed, Callable[[UUID, DrillClock], None]]] = MappingProxyType(
    {
        Deed.PAYOFF: _pay_off,
        Deed.EXTRA: _pay_extra,
        Deed.CANCEL: _cancel,
        Deed.PAUSE: _pause,
        Deed.RESUME: _resume,
    }
)
