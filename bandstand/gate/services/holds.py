"""Stopping and letting go: holds are placed, come into force, run out, and are lifted."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Func, Q, QuerySet

from bandstand.catalogue.models import Brand, Category, DeviceModel, Variant
from bandstand.gate.events import HoldExpired, HoldLifted, HoldPlaced
from bandstand.gate.guard import guarded
from bandstand.gate.models import Hold, HoldMoveRecord
from bandstand.gate.rules import Activity, Basis, HoldMove, HoldScope, Lineage, check_scope
from bandstand.gate.rules.scope import HoldScopeError, check_lineage
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground
from bandstand.parties.models import Party
from bandstand.plumbing import audit, jobs, outbox
from bandstand.plumbing.models import Record
from bandstand.rights.queries import market_fact

TURN_TASK: Final = "bandstand.gate.tasks.turn_holds"


@transaction.atomic
def place_hold(  # noqa: PLR0913 -- a hold has these parts
    *,
    scope: HoldScope,
    activities: frozenset[Activity],
    basis: Basis,
    ground: Ground,
    reason: str,
    actor: str,
    now: datetime,
    legal_reference: str = "",
    notice_id: UUID | None = None,
    effective_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> UUID:
    """
    Stop activities for a scope, at once or from a later instant.

    When the transaction commits, no row that the scope covers can commit after it. ``reason`` is
    one plain sentence that shoppers read.

    Raises: EmptyScopeError, HoldScopeError, NotFoundError.
    Lock: the one anchor that the scope fixes, exclusively, until the transaction ends.
    """
    check_scope(scope)
    begins_at = effective_at or now
    _check_words(activities=activities, reason=reason, begins_at=begins_at, expires_at=expires_at)
    _check_known(scope)
    with guarded():
        hold = Hold.objects.create(
            **_columns(scope),
            activities=sorted(activity.value for activity in activities),
            basis=basis.value,
            ground=ground.value,
            legal_reference=legal_reference,
            reason=reason,
            notice_id=notice_id,
            placed_by=actor,
            placed_at=now,
            effective_at=begins_at,
            expires_at=expires_at,
        )
    _note(HoldMove.PLACE, hold.id, actor=actor, reason=reason, now=now)
    if begins_at <= now:
        _begin(hold.id, actor=actor, reason=reason, now=now)
    for instant in (effective_at, expires_at):
        if instant is not None and instant > now:
            jobs.defer(TURN_TASK, at=instant)
    return hold.id


@transaction.atomic
def lift_hold(*, hold_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Lift one hold; every other hold stands as it stood. A lifted hold stays as it was lifted.

    Raises: NotFoundError, HoldScopeError if no reason is given.
    Lock: the hold's row, then its anchor, exclusively.
    """
    if not reason.strip():
        raise HoldScopeError("Say why the hold is lifted; the answer is kept.")
    hold = Hold.objects.select_for_update().filter(pk=hold_id).first()
    if hold is None:
        raise NotFoundError(f"There is no hold {print_id(IdKind.HOLD, hold_id)}.")
    if hold.lifted_at is not None:
        return
    hold.lifted_at, hold.lifted_by, hold.lift_reason = now, actor, reason
    with guarded():
        hold.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    _note(HoldMove.LIFT, hold_id, actor=actor, reason=reason, now=now)
    outbox.emit(HoldLifted(str(hold_id)), now=now)


def turn_holds(*, now: datetime) -> int:
    """
    Bring into force the holds whose instant has come, and note those that have run out.

    The guard needs neither: it reads the clock. This takes each anchor once at the turn, so that no
    order in flight straddles it, and moves the epochs on, so that pages show it. Returns how many
    turned.
    """
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
        _begin(hold_id, actor="system:gate", reason=hold.reason, now=now)
    else:
        _note(move, hold_id, actor="system:gate", reason="Its time has run out.", now=now)
        outbox.emit(HoldExpired(str(hold_id)), now=now)
    return True


def _begin(hold_id: UUID, *, actor: str, reason: str, now: datetime) -> None:
    HoldMoveRecord.objects.create(
        hold_id=hold_id, move=HoldMove.BEGIN.value, moved_at=now, actor=actor, reason=reason
    )
    outbox.emit(HoldPlaced(str(hold_id)), now=now)


def _note(move: HoldMove, hold_id: UUID, *, actor: str, reason: str, now: datetime) -> None:
    HoldMoveRecord.objects.create(
        hold_id=hold_id, move=move.value, moved_at=now, actor=actor, reason=reason
    )
    audit.record(
        actor=actor,
        action=f"hold.{move}",
        subject=print_id(IdKind.HOLD, hold_id),
        now=now,
        reason=reason,
    )


def _columns(scope: HoldScope) -> dict[str, object]:
    return {
        "brand_id": scope.brand_id,
        "include_sub_brands": scope.include_sub_brands,
        "market_id": scope.market,
        "category_id": scope.category_id,
        "model_id": scope.model_id,
        "variant_id": scope.variant_id,
        "seller_id": scope.seller_id,
        "offer_id": scope.offer_id,
        "lot": scope.lot,
        "serials": None if scope.serials is None else list(scope.serials),
        "condition": scope.condition,
        "stock_before": scope.stock_before,
    }


def _check_words(
    *,
    activities: frozenset[Activity],
    reason: str,
    begins_at: datetime,
    expires_at: datetime | None,
) -> None:
    if not activities:
        known = ", ".join(Activity)
        raise HoldScopeError(f"The hold stops no activity. Name at least one of {known}.")
    if not reason.strip():
        raise HoldScopeError("Give the reason in one plain sentence; shoppers read it.")
    if expires_at is not None and expires_at <= begins_at:
        raise HoldScopeError("The hold would end before it begins. Give a later end, or none.")


def _check_known(scope: HoldScope) -> None:
    named: tuple[tuple[type[Record], UUID | None, str], ...] = (
        (Brand, scope.brand_id, "brand"),
        (Category, scope.category_id, "category"),
        (DeviceModel, scope.model_id, "model"),
        (Variant, scope.variant_id, "variant"),
        (Party, scope.seller_id, "seller"),
    )
    for model, key, word in named:
        if key is None:
            continue
        rows = model._default_manager.filter(pk=key)  # noqa: SLF001 -- documented name
        if not rows.exists():
            raise NotFoundError(f"There is no {word} {key}.", **{f"{word}_id": str(key)})
    if scope.market is not None:
        market_fact(scope.market)
    if scope.variant_id is not None or scope.model_id is not None:
        check_lineage(scope, _lineage(scope))


def _lineage(scope: HoldScope) -> Lineage:
    named = Q(pk=scope.model_id)
    if scope.variant_id is not None:
        named = Q(variants=scope.variant_id)
    row = (
        DeviceModel.objects.filter(named)
        .annotate(
            brand_path=Func(F("brand_id"), function="gate_brand_path"),
            category_path=Func(F("category_id"), function="gate_category_path"),
        )
        .values_list("id", "brand_path", "category_path")
        .get()
    )
    return Lineage(row[0], tuple(row[1]), tuple(row[2]))
