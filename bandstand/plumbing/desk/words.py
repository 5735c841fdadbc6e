"""How states and instants are written at every desk: one word, one colour, one form of a time."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from bandstand.plumbing.desk.tables import Cell

STATES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "draft": ("Draft", ""),
        "in_review": ("In review", "part"),
        "listed": ("On the shelf", "good"),
        "refused": ("Refused", "bad"),
        "withdrawn": ("Withdrawn", ""),
        "committed": ("Sold, unpaid", "info"),
        "paid": ("Paid", "good"),
        "released": ("With the carrier", "info"),
        "delivered": ("Delivered", "good"),
        "cancelled": ("Cancelled", "bad"),
        "returned": ("Returned", "part"),
        "in_stock": ("In stock", "good"),
        "reserved": ("Kept for a checkout", "info"),
        "sold": ("Sold", "info"),
        "quarantined": ("Set apart", "part"),
        "received": ("Received", "info"),
        "in_force": ("In force", "bad"),
        "rejected": ("Rejected", ""),
        "ended": ("Ended", ""),
        "open": ("Open", "part"),
        "in_progress": ("Money on its way", "info"),
        "made_whole": ("Made whole", "good"),
        "choice_offered": ("Choice offered", "good"),
        "allow": ("Allowed", "good"),
        "review": ("Needs review", "part"),
        "deny": ("Refused", "bad"),
        "created": ("Begun", ""),
        "action_needed": ("Buyer must act", "part"),
        "authorised": ("Set aside", "info"),
        "captured": ("Taken", "good"),
        "voided": ("Let go", ""),
        "declined": ("Declined", "bad"),
        "written": ("To be sent", "info"),
        "sent": ("Sent", "info"),
        "unknown": ("Not known", "part"),
        "succeeded": ("Done", "good"),
        "failed": ("Failed", "bad"),
        "active": ("Running", "good"),
        "agreed": ("Agreed", "info"),
        "scheduled": ("To come", ""),
    }
)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
DAYS_FROM: Final = timedelta(days=2)


def state_word(state: str) -> str:
    """Return how a state is called."""
    return STATES.get(state, (state.replace("_", " ").capitalize(), ""))[0]


def state_kind(state: str) -> str:
    """Return the colour of a state: good, part, bad, info, or none."""
    return STATES.get(state, ("", ""))[1]


def state_cell(state: str, *, note: str = "") -> Cell:
    """Return a state as a pill."""
    return Cell(state_word(state), kind=state_kind(state), is_pill=True, note=note)


def instant_text(at: datetime, *, zone: str) -> str:
    """Return an instant as a clock in a time zone shows it: 2 Feb 2016, 12:00."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y}, {local:%H:%M}"


def bound_text(at: datetime, *, zone: str) -> str:
    """Return where a period begins or ends: a midnight in UTC, as rights are written, is a day."""
    if at.astimezone(UTC).time() == time.min:
        return f"{at.astimezone(UTC).day} {at.astimezone(UTC):%b %Y} UTC"
    return instant_text(at, zone=zone)


def bound_cell(at: datetime | None, *, zone: str, without: str = "–") -> Cell:
    """Return where a period begins or ends, as a field of a table."""
    return Cell(bound_text(at, zone=zone), iso=at.isoformat()) if at else Cell(without)


def time_cell(at: datetime | None, *, zone: str, without: str = "–") -> Cell:
    """Return an instant as a field of a table."""
    if at is None:
        return Cell(without)
    return Cell(instant_text(at, zone=zone), iso=at.isoformat())


def span_text(span: timedelta) -> str:
    """Return a span in its largest sensible unit: 5 min, 3 h, 2 d."""
    if span < HOUR:
        return f"{int(span.total_seconds() // 60)} min"
    return f"{span // HOUR} h" if span < DAYS_FROM else f"{span // DAY} d"


def due_cell(due_at: datetime, *, now: datetime) -> Cell:
    """Return how long until a deadline, or how long ago it passed."""
    if due_at <= now:
        return Cell(f"{span_text(now - due_at)} late", kind="bad", is_pill=True)
    left = due_at - now
    return Cell(f"in {span_text(left)}", kind="part" if left < DAYS_FROM else "", is_pill=True)


def plural(count: int, one: str, *, many: str = "") -> str:
    """Return a count with its noun: 1 offer, 2 offers."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"
