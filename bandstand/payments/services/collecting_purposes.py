"""What a payment on a plan is for: ``inst:<plan>:<serial>`` names every command made for it."""

from typing import Final
from uuid import UUID

from bandstand.kernel.public_ids import IdKind, MalformedIdError, parse_id, print_id

ROOM: Final = "inst"
SEND_WRITTEN: Final = "bandstand.payments.tasks.send_written"


def purpose_of(plan_id: UUID, *, serial: int) -> str:
    """Return what a payment on a plan is for, as payments name it."""
    return f"{ROOM}:{print_id(IdKind.PLAN, plan_id)}:{serial}"


def plan_of(purpose: str) -> tuple[UUID, int] | None:
    """Return the plan and serial that a purpose names, or None if it is for something else."""
    room, _, rest = purpose.partition(":")
    printed, _, serial = rest.partition(":")
    if room != ROOM or not serial.isdecimal():
        return None
    try:
        return parse_id(IdKind.PLAN, printed), int(serial)
    except MalformedIdError:
        return None
