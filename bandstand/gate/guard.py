"""
The way to a guarded row: translate what the database guard says, stamp a decision on a row, take
anchors.

    with guard.guarded():
        OrderLine.objects.create(..., **guard.stamp(decision))

The guard itself is in the database; nothing here can be left out to get past it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from bandstand.gate.models import Hold
from bandstand.gate.rules import DecisionRow, stale_reason
from bandstand.gate.rules.requests import SecondPersonError
from bandstand.kernel.errors import BadInputError, DomainError, RefusedError, UnavailableError
from bandstand.kernel.public_ids import IdKind, print_id


class HeldError(RefusedError):
    """A hold in force covers what was asked."""

    code = "held"

    def __init__(self, hold_id: UUID, reason: str) -> None:
        super().__init__(reason, hold_id=print_id(IdKind.HOLD, hold_id))
        self.hold_id = hold_id
        self.reason = reason


class StaleDecisionError(RefusedError):
    """The decision no longer stands for this row; ``detail`` names what changed."""

    code = "stale_decision"

    def __init__(self, detail: str) -> None:
        super().__init__(
            "The decision no longer stands for this sale; ask the gate again.", detail=detail
        )
        self.detail = detail
        self.reason = stale_reason(detail)


class GateIsolationError(UnavailableError):
    """The transaction runs at an isolation level at which the gate could not see a hold in time."""

    code = "gate_isolation"


class NotSellableError(BadInputError):
    """The row names nothing the gate could judge: no such offer, or a unit of another one."""

    code = "not_sellable"


@contextmanager
def guarded(*, has_savepoint: bool = True) -> Iterator[None]:
    """
    Run a write to guarded rows and raise what the database guard says in the gate's own words.

    A savepoint is taken, so that the caller's transaction outlives a refusal and can record it; a
    caller that gives up on a refusal anyway may do without.

    Raises: HeldError, StaleDecisionError, GateIsolationError, NotSellableError, SecondPersonError.
    """
    try:
        with transaction.atomic(savepoint=has_savepoint):
            yield
    except DatabaseError as error:
        refusal = _translated(error)
        if refusal is None:
            raise
        raise refusal from error


def stamp(decision: DecisionRow) -> dict[str, object]:
    """Return the columns of a guarded row that name the decision it rests on."""
    return {
        "decision_id": decision.id,
        "decision_valid_until": decision.valid_until,
        "decision_epochs": decision.epochs,
    }


def take_anchors(*decisions: DecisionRow) -> None:
    """
    Take the anchors of several decisions at once, before the first of their rows is written.

    A transaction that writes rows of several brands without this may deadlock with a change of
    facts that names the same brands.

    Lock: every anchor shared, sorted, until the transaction ends.
    """
    anchors = sorted({anchor for decision in decisions for anchor in decision.epochs})
    with connection.cursor() as cursor:
        cursor.execute("select gate_take_shared(%s)", [anchors])


def _translated(error: DatabaseError) -> DomainError | None:
    diagnosis = getattr(error.__cause__, "diag", None)
    detail = getattr(diagnosis, "message_detail", None) or ""
    message = getattr(diagnosis, "message_primary", None) or str(error)
    state = getattr(diagnosis, "sqlstate", "")
    refusals: dict[str, Callable[[], DomainError]] = {
        "P0450": lambda: GateIsolationError(message),
        "P0451": lambda: _held(UUID(detail)),
        "P0452": lambda: StaleDecisionError(detail),
        "P0453": lambda: NotSellableError(message),
        "P0461": lambda: SecondPersonError(f"The database refused: {message}."),
    }
    return refusals[state]() if state in refusals else None


def _held(hold_id: UUID) -> HeldError:
    reason = Hold.objects.filter(pk=hold_id).values_list("reason", flat=True).first()
    return HeldError(hold_id, reason or "The sale is stopped.")
