"""
Contested charges: written down as the provider tells them, with what they do to the books.

When a bank takes the money back it becomes a receivable of ours; it returns to the provider's
clearing when the dispute is won, and is written off when it is lost.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import AccountCode, Entry, credit, debit
from bandstand.money import Money
from bandstand.payments import events, rules
from bandstand.payments.models import Dispute, Payment
from bandstand.payments.rules import DisputeLeg, DisputeState, ProviderDispute
from bandstand.payments.services.given_by_bank import allot, close_waiting
from bandstand.plumbing import audit, outbox

DECIDED = frozenset({DisputeState.WON, DisputeState.LOST})
WORDS_MAX = 400


def record_dispute(payment: Payment, found: ProviderDispute, *, now: datetime) -> None:
    """
    Catch up with a provider's word on a dispute; late and repeated news changes nothing.

    Lock: the caller holds the payment's row.
    """
    dispute, is_new = Dispute.objects.get_or_create(
        gateway=payment.gateway,
        provider_ref=found.ref,
        defaults={
            "payment": payment,
            "amount_minor": found.amount.minor,
            "state": found.state.value,
            "reason": found.reason[:60],
            "opened_at": found.opened_at,
            "due_at": found.due_at,
        },
    )
    before = None if is_new else DisputeState(dispute.state)
    if before is not None and not rules.may_follow(before, found.state):
        return
    dispute.state = found.state.value
    dispute.due_at = found.due_at
    dispute.decided_at = now if found.state in DECIDED else None
    dispute.save(update_fields=["state", "due_at", "decided_at"])
    if rules.legs_between(before, found.state):
        allot(payment, dispute)
    _post_step(payment, dispute, before=before, now=now)
    _announce(payment, dispute, before=before, now=now)
    if found.state is DisputeState.LOST:
        close_waiting(payment, now=now)


@transaction.atomic
def note_evidence(*, dispute_id: UUID, words: str, actor: str, now: datetime) -> None:
    """
    Note that the evidence was sent to the provider, and what was sent.

    Raises: NotFoundError; BadInputError without words; CardNumberRefusedError.
    Lock: takes the dispute's row.
    """
    rules.require_no_card_number(where="note", text=words)
    if not words.strip():
        raise BadInputError("Say what was sent, so that the next person knows.")
    dispute = Dispute.objects.select_for_update().filter(pk=dispute_id).first()
    if dispute is None:
        raise NotFoundError("There is no dispute by that id.", dispute_id=str(dispute_id))
    dispute.answered_at = now
    dispute.answered_by = actor[:200]
    dispute.answer_words = words.strip()[:WORDS_MAX]
    dispute.save(update_fields=["answered_at", "answered_by", "answer_words"])
    audit.record(
        actor=actor,
        action="dispute.answer",
        subject=f"dispute:{dispute.provider_ref}",
        now=now,
        words=dispute.answer_words,
    )


def contested(payment: Payment) -> Money:
    """Return what of a payment the buyer's bank holds until it decides; no refund goes out then."""
    away = payment.disputes.filter(state__in=[one.value for one in rules.UNDECIDED])
    total = away.aggregate(total=Sum("amount_minor"))["total"]
    return Money(int(total or 0), payment.currency)


def _post_step(
    payment: Payment, dispute: Dispute, *, before: DisputeState | None, now: datetime
) -> None:
    state = DisputeState(dispute.state)
    for leg in rules.legs_between(before, state):
        at = dispute.opened_at if leg is DisputeLeg.TAKEN else now
        _post(dispute, leg.value, entries=_leg_entries(payment, dispute, leg=leg), at=at, now=now)
    if state is DisputeState.LOST:
        amount = Money(dispute.amount_minor, payment.currency)
        lost = (
            debit(AccountCode.WRITE_OFF, amount),
            credit(AccountCode.CHARGEBACK_RECEIVABLE, amount, key=dispute.provider_ref),
        )
        _post(dispute, "lost", entries=lost, at=now, now=now)


def _leg_entries(payment: Payment, dispute: Dispute, *, leg: DisputeLeg) -> tuple[Entry, Entry]:
    amount = Money(dispute.amount_minor, payment.currency)
    contest, clearing = AccountCode.CHARGEBACK_RECEIVABLE, AccountCode.PSP_CLEARING
    if leg is DisputeLeg.TAKEN:
        return (
            debit(contest, amount, key=dispute.provider_ref),
            credit(clearing, amount, key=payment.gateway),
        )
    return (
        debit(clearing, amount, key=payment.gateway),
        credit(contest, amount, key=dispute.provider_ref),
    )


def _post(
    dispute: Dispute, step: str, *, entries: tuple[Entry, ...], at: datetime, now: datetime
) -> None:
    ledger.post(
        idempotency_key=f"dispute:{dispute.gateway}:{dispute.provider_ref}:{step}",
        kind=f"dispute {step}",
        entries=entries,
        effective_at=at,
        now=now,
        memo=dispute.reason,
    )


def _announce(
    payment: Payment, dispute: Dispute, *, before: DisputeState | None, now: datetime
) -> None:
    state = DisputeState(dispute.state)
    if DisputeLeg.TAKEN in rules.legs_between(before, state):
        outbox.emit(
            events.DisputeOpened(
                dispute_id=str(dispute.id),
                payment_id=str(payment.id),
                amount_minor=dispute.amount_minor,
                currency=payment.currency,
                due_at=dispute.due_at.isoformat() if dispute.due_at else None,
            ),
            now=now,
        )
    if state in DECIDED:
        outbox.emit(
            events.DisputeDecided(
                dispute_id=str(dispute.id),
                payment_id=str(payment.id),
                is_won=state is DisputeState.WON,
            ),
            now=now,
        )
