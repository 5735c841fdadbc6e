"""Waiving: a person answers for a reason that stands in the way. Nobody can waive a hold."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.gate.models import Waiver
from bandstand.gate.rules import HOLD_ACTIVE
from bandstand.kernel.errors import BadInputError, NotFoundError, near_matches
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing import audit
from bandstand.rights.queries import market_fact, subject_of
from bandstand.rights.rules import NEVER_WAIVED, Condition, ReasonCode

KNOWN: Final = tuple(code.value for code in ReasonCode if code not in NEVER_WAIVED)


class WaiverWordsError(BadInputError):
    """A waiver that is not clear about what is waived, why, or for how long."""

    code = "waiver_words"


@transaction.atomic
def waive(  # noqa: PLR0913 -- a waiver has these parts
    *,
    seller_id: UUID,
    variant_id: UUID,
    market: str,
    condition: str,
    codes: frozenset[str],
    reason: str,
    until_at: datetime,
    actor: str,
    now: datetime,
) -> UUID:
    """
    Record that named reasons shall not stop a seller's sale of a variant in a market until an
    instant.

    This is how a review is answered with yes, and how an operator overrides a refusal knowingly:
    every decision that rests on it keeps the reasons and says who waived them and why.

    Raises: WaiverWordsError, NotFoundError.
    """
    _check(codes, reason=reason, until_at=until_at, now=now)
    subject_of(variant_id)
    waiver = Waiver.objects.create(
        seller_id=seller_id,
        variant_id=variant_id,
        market_id=market_fact(market).code,
        condition=Condition(condition).value,
        codes=sorted(codes),
        reason=reason,
        given_by=actor,
        given_at=now,
        until_at=until_at,
    )
    _note("gate.waive", waiver, actor=actor, now=now, reason=reason)
    return waiver.id


@transaction.atomic
def withdraw_waiver(*, waiver_id: UUID, actor: str, now: datetime) -> None:
    """
    Take a waiver back; decisions that rest on it become stale. A withdrawn waiver stays withdrawn.

    Raises: NotFoundError.
    """
    waiver = Waiver.objects.select_for_update().filter(pk=waiver_id).first()
    if waiver is None:
        raise NotFoundError(f"There is no waiver {waiver_id}.")
    if waiver.withdrawn_at is None:
        waiver.withdrawn_at, waiver.withdrawn_by = now, actor
        waiver.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _note("gate.waiver_withdrawn", waiver, actor=actor, now=now)


def _check(codes: Iterable[str], *, reason: str, until_at: datetime, now: datetime) -> None:
    if HOLD_ACTIVE in codes:
        raise WaiverWordsError("A hold is not waived. Lift it, with a reason.")
    for code in sorted(set(codes) - set(KNOWN)):
        near = near_matches(code, list(KNOWN))
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise WaiverWordsError(f"“{code}” is not a reason of the rights room.{hint}", near=near)
    if not codes:
        raise WaiverWordsError("Name the reasons that are waived.")
    if not reason.strip():
        raise WaiverWordsError("Say why; every decision that rests on the waiver tells it.")
    if until_at <= now:
        raise WaiverWordsError("The waiver would end before it begins. Give a later end.")


def _note(action: str, waiver: Waiver, *, actor: str, now: datetime, **detail: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=print_id(IdKind.VARIANT, waiver.variant_id),
        now=now,
        seller=print_id(IdKind.PARTY, waiver.seller_id),
        codes=waiver.codes,
        **detail,
    )
