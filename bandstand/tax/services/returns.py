"""Returns: prepared from the ledger, filed by a second person, paid, each step once."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.canonical import sha256_hex
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import Entry
from bandstand.plumbing import audit, locks
from bandstand.tax.models import TaxRegistration, TaxReturn, TaxReturnMove
from bandstand.tax.queries.returns import (
    ReturnRow,
    credit_with,
    next_return,
    registration_at,
    return_row,
    returns,
    shares_sold,
    unreported,
)
from bandstand.tax.rules import (
    ENDED_RETURNS,
    FilingPeriod,
    ReturnFigures,
    ReturnMove,
    TaxPolicyError,
    TaxReturnError,
    authority_of,
    checked_jurisdiction,
    credit_entries,
    figures,
    next_return_state,
    remittance_entries,
    require_second_person,
)

RETURN_FORMAT = "bandstand-tax-return/1"


@transaction.atomic
def register(  # noqa: PLR0913 -- a registration has these parts
    *,
    authority: str,
    number: str,
    is_facilitator: bool,
    period: FilingPeriod,
    from_date: date,
    source: str,
    actor: str,
    now: datetime,
) -> UUID:
    """
    Say how the operator stands with an authority from a day on.

    ``is_facilitator`` says that the authority's marketplace facilitator law makes the operator
    collect for the sellers of its marketplace; returns and files say so too.
    Raises: TaxRateError for what is no jurisdiction; TaxPolicyError.
    """
    name = checked_jurisdiction(authority)
    if name != authority_of(name):
        raise TaxPolicyError("Tax is returned to a state or country, not to a postal code.")
    if not number.strip() or not source.strip():
        raise TaxPolicyError("Give the registration's number, and where it is written.")
    row = TaxRegistration.objects.create(
        authority=name,
        number=number.strip()[:60],
        is_facilitator=is_facilitator,
        period=period.value,
        from_date=from_date,
        source=source[:300],
        set_by=actor,
        set_at=now,
    )
    audit.record(actor=actor, action="tax.registration", subject=f"authority:{name}", now=now)
    return row.id


@transaction.atomic
def prepare_return(
    *, authority: str, currency: str, zone: str, today: date, actor: str, now: datetime
) -> UUID:
    """
    Prepare the next return to an authority from the ledger; no money moves.

    Lock: one step of an authority's returns at a time.
    Raises: TaxReturnError if the period is not over, nothing was ever collected, the operator is
        not registered there, or the return before is still open.
    """
    locks.lock(_lock(authority))
    coming = next_return(authority, currency=currency, today=today, zone=zone)
    if coming is None:
        raise TaxReturnError(f"No tax was ever collected for {authority} in {currency}.")
    if not coming.is_over:
        raise TaxReturnError(
            f"The period to report next ends with {coming.until_date}; prepare it from then on."
        )
    registered = registration_at(authority, on=coming.from_date)
    if registered is None:
        raise TaxReturnError(
            f"No registration with {authority} is known for {coming.from_date}. Enter it first."
        )
    standing = [one for one in returns(authority=authority) if one.currency == currency]
    if any(one.state not in ENDED_RETURNS for one in standing):
        raise TaxReturnError("The return before this one is not paid yet. Finish it first.")
    span = (coming.from_date, coming.until_date)
    collected, refunded = unreported(
        authority, currency=currency, until=span[1], zone=zone, recorded_by=now
    )
    told = figures(
        collected=collected,
        refunded=refunded,
        credit=credit_with(authority, currency=currency),
    )
    body = _body(authority, told=told, span=span, zone=zone, number=registered.number)
    row = TaxReturn.objects.create(
        authority=authority,
        currency=currency,
        from_date=span[0],
        until_date=span[1],
        is_facilitator=registered.is_facilitator,
        collected_minor=told.collected.minor,
        refunded_minor=told.refunded.minor,
        credit_used_minor=told.credit_used.minor,
        due_minor=told.due.minor,
        carried_minor=told.carried.minor,
        body=body,
        sha256=sha256_hex(body),
        prepared_by=actor,
        prepared_at=now,
    )
    audit.record(actor=actor, action="tax.return", subject=f"tax_return:{row.id}", now=now)
    return row.id


@transaction.atomic
def file_return(*, return_id: UUID, reference: str, actor: str, now: datetime) -> None:
    """
    Say that a return was filed; tax given back after it was remitted becomes a credit.

    Lock: one step of an authority's returns at a time.
    Raises: TaxReturnError from the one who prepared it, or without the authority's reference.
    """
    row = _step(return_id, move=ReturnMove.FILE, reference=reference, actor=actor, now=now)
    entries = credit_entries(row.figures, authority=row.authority)
    _post("tax_credit", row, entries=entries, now=now)


@transaction.atomic
def pay_return(*, return_id: UUID, reference: str, actor: str, now: datetime) -> None:
    """
    Say that a filed return was paid from the bank, and post it.

    Lock: one step of an authority's returns at a time.
    Raises: TaxReturnError from the one who filed it, or without the bank's reference.
    """
    row = _step(return_id, move=ReturnMove.PAY, reference=reference, actor=actor, now=now)
    entries = remittance_entries(row.figures, authority=row.authority)
    _post("tax_remittance", row, entries=entries, now=now)


@transaction.atomic
def drop_return(*, return_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Drop a return that was not filed, so that its period is prepared anew.

    Lock: one step of an authority's returns at a time.
    Raises: TaxReturnError once it was filed.
    """
    _step(return_id, move=ReturnMove.DROP, reference=reason, actor=actor, now=now)


def _step(
    return_id: UUID, *, move: ReturnMove, reference: str, actor: str, now: datetime
) -> ReturnRow:
    locks.lock(_lock(return_row(return_id).authority))
    row = return_row(return_id)
    after = next_return_state(row.state, move)
    if not reference.strip():
        raise TaxReturnError("Give the reference: the authority's, the bank's, or the reason.")
    if move is not ReturnMove.DROP:
        require_second_person(actor, before=row.last_actor, doing=move.value)
    TaxReturnMove.objects.create(
        tax_return_id=return_id,
        move=move.value,
        to_state=after.value,
        reference=reference.strip()[:200],
        actor=actor,
        moved_at=now,
    )
    audit.record(
        actor=actor,
        action=f"tax.return_{move.value}",
        subject=f"tax_return:{return_id}",
        now=now,
        reference=reference.strip()[:200],
    )
    return row


def _post(kind: str, row: ReturnRow, *, entries: tuple[Entry, ...], now: datetime) -> None:
    if entries:
        ledger.post(
            idempotency_key=f"{kind}:{row.id}",
            kind=kind,
            entries=entries,
            effective_at=now,
            now=now,
            memo=f"{row.authority} {row.from_date} to {row.until_date}",
        )


def _body(
    authority: str, *, told: ReturnFigures, span: tuple[date, date], zone: str, number: str
) -> dict[str, object]:
    shares = shares_sold(
        authority, currency=told.due.currency, begins=span[0], until=span[1], zone=zone
    )
    return {
        "format": RETURN_FORMAT,
        "authority": authority,
        "registration": number,
        "currency": told.due.currency,
        "from": span[0].isoformat(),
        "until": span[1].isoformat(),
        "zone": zone,
        "collected_minor": told.collected.minor,
        "refunded_minor": told.refunded.minor,
        "credit_used_minor": told.credit_used.minor,
        "due_minor": told.due.minor,
        "carried_minor": told.carried.minor,
        "shares": [
            {"kind": kind, "code": code, "name": name, "minor": minor}
            for kind, code, name, minor in shares
        ],
    }


def _lock(authority: str) -> str:
    return f"tax.return:{authority}"
