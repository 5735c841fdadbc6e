"""Time passes: holds come into force and run out, and proposals lapse."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from bandstand.gate.events import HoldExpired
from bandstand.gate.guard import guarded
from bandstand.gate.models import Hold
from bandstand.gate.rules import HoldMove
from bandstand.gate.services.notes import begin_hold, note_move
from bandstand.gate.services.requests import close_stale_requests
from bandstand.plumbing import outbox

SYSTEM = "system:gate"


def turn_holds(*, now: datetime) -> int:
    """
    Bring into force the holds whose instant has come, and note those that have run out.

    The guard needs neither: it reads the clock. This takes each anchor once at the turn, so that no
    order in flight straddles it, and moves the epochs on, so that pages show it. Proposals that
    nobody answered lapse. Returns how many holds turned.
    """
    close_stale_requests(now=now)
    begun = Hold.objects.filter(effective_at__lte=now).exclude(moves__move=HoldMove.BEGIN.value)
    ended = Hold.objects.filter(expires_at__lte=now).exclude(moves__move=HoldMove.EXPIRE.value)
    turns = [(key, HoldMove.BEGIN) for key in _unlifted(begun)]
    turns += [(key, HoldMove.EXPIRE) for key in _unlifted(ended)]
    return sum(_turn(key, move=move, now=now) for key, move in turns)


def _unlifted(rows: QuerySet[Hold]) -> list[UUID]:
    return list(rows.filter(lifted_at=None).order_by("id").values_list("id", flat=True))


@transaction.atomic
def _turn(hold_id: UUID, *, move: HoldMove, now: datetime) -> bool:
    hold = Hold.objects.select_for_update().get(pk=hold_id)
    if hold.lifted_at is not None or hold.moves.filter(move=move.value).exists():
        return False
    with guarded(), connection.cursor() as cursor:
        cursor.execute("select gate_touch(array[%s])", [hold.anchor])
    if move is HoldMove.BEGIN:
        begin_hold(hold_id, actor=SYSTEM, reason=hold.reason, now=now)
    else:
        note_move(move, hold_id, actor=SYSTEM, reason="Its time has run out.", now=now)
        outbox.emit(HoldExpired(str(hold_id)), now=now)
    return True
