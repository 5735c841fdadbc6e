"""Registrations and returns, and what the ledger says of a period that nobody has reported yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.tax.models import TaxQuoteMove, TaxRegistration, TaxReturn, TaxReturnMove
from bandstand.tax.rules import (
    FilingPeriod,
    NoSuchReturnError,
    QuoteMove,
    ReturnFigures,
    ReturnState,
    period_of,
    read_quote,
    shares_of,
)

OWN_KINDS: Final = ("tax_remittance", "tax_credit")
"""Transfers that the returns themselves post; they are neither collected nor refunded."""
MOVED: Final = """
    select coalesce(-sum(p.amount_minor) filter (where p.amount_minor < 0), 0),
           coalesce(sum(p.amount_minor) filter (where p.amount_minor > 0), 0)
      from ledger_posting p
      join ledger_account a on a.id = p.account_id
      join ledger_transfer t on t.id = p.transfer_id
     where a.code = %s and a.key = %s and a.currency = %s
       and t.effective_at < %s and t.recorded_at <= %s and not t.kind = any(%s)
"""


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """How the operator stands with an authority."""

    authority: str
    number: str
    is_facilitator: bool
    period: FilingPeriod
    from_date: date
    source: str
    set_by: str


@dataclass(frozen=True, slots=True)
class ReturnStep:
    """One step of a return, by whom."""

    to_state: ReturnState
    actor: str
    reference: str
    moved_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnRow:
    """A return and where it stands."""

    id: UUID
    authority: str
    currency: str
    from_date: date
    until_date: date
    is_facilitator: bool
    state: ReturnState
    figures: ReturnFigures
    body: Mapping[str, Any]
    sha256: str
    prepared_by: str
    prepared_at: datetime
    steps: tuple[ReturnStep, ...]

    @property
    def last_actor(self) -> str:
        """Return who took the last step."""
        return self.steps[-1].actor if self.steps else self.prepared_by


@dataclass(frozen=True, slots=True)
class NextReturn:
    """The period that is to be reported next to an authority, and whether it is over."""

    authority: str
    currency: str
    from_date: date
    until_date: date
    is_over: bool


def registrations() -> tuple[RegistrationRow, ...]:
    """Return how the operator stands with every authority, the latest statement of each."""
    found = TaxRegistration.objects.order_by("authority", "-from_date", "-set_at").distinct(
        "authority"
    )
    return tuple(_registration(one) for one in found)


def registration_at(authority: str, *, on: date) -> RegistrationRow | None:
    """Return how the operator stands with an authority on a day."""
    found = TaxRegistration.objects.filter(authority=authority, from_date__lte=on)
    row = found.order_by("-from_date", "-set_at").first()
    return None if row is None else _registration(row)


def returns(*, authority: str = "") -> tuple[ReturnRow, ...]:
    """Return every return that was not dropped, the latest period first."""
    found = TaxReturn.objects.order_by("-from_date", "authority", "currency")
    if authority:
        found = found.filter(authority=authority)
    rows = (_return(one) for one in found.prefetch_related("moves"))
    return tuple(one for one in rows if one.state is not ReturnState.DROPPED)


def return_row(return_id: UUID) -> ReturnRow:
    """
    Return one return.

    Raises: NoSuchReturnError.
    """
    found = TaxReturn.objects.filter(pk=return_id).prefetch_related("moves").first()
    if found is None:
        raise NoSuchReturnError("There is no such return.")
    return _return(found)


def next_returns(*, today: date, zone: str) -> tuple[NextReturn, ...]:
    """Return, for every authority that ever got tax, the period that is to be reported next."""
    found = []
    for account in ledger.accounts(code=AccountCode.TAX_PAYABLE):
        if account.key:
            one = next_return(account.key, currency=account.currency, today=today, zone=zone)
            if one is not None:
                found.append(one)
    return tuple(found)


def next_return(authority: str, *, currency: str, today: date, zone: str) -> NextReturn | None:
    """Return the period to report next to one authority; None before there is anything."""
    last = next((one for one in returns(authority=authority) if one.currency == currency), None)
    begins = (
        last.until_date if last is not None else _first_day(authority, currency=currency, zone=zone)
    )
    if begins is None:
        return None
    registered = registration_at(authority, on=begins)
    period = FilingPeriod.MONTH if registered is None else registered.period
    first, until = period_of(begins, period=period)
    return NextReturn(authority, currency, begins if last else first, until, is_over=until <= today)


def unreported(
    authority: str, *, currency: str, until: date, zone: str, recorded_by: datetime
) -> tuple[Money, Money]:
    """
    Return what was collected and what was given back until a day and is in no return yet.

    What was written down late, for a period already reported, is in the next return.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            MOVED,
            [
                AccountCode.TAX_PAYABLE.value,
                authority,
                currency,
                midnight(until, zone=zone),
                recorded_by,
                list(OWN_KINDS),
            ],
        )
        collected, refunded = (int(one) for one in cursor.fetchone())
    for one in returns(authority=authority):
        if one.currency == currency:
            collected -= one.figures.collected.minor
            refunded -= one.figures.refunded.minor
    return Money(collected, currency), Money(refunded, currency)


def credit_with(authority: str, *, currency: str) -> Money:
    """Return what an authority owes us from earlier returns."""
    return ledger.balance(code=AccountCode.TAX_RECEIVABLE, key=authority, currency=currency)


def shares_sold(
    authority: str, *, currency: str, begins: date, until: date, zone: str
) -> tuple[tuple[str, str, str, int], ...]:
    """
    Return the tax of sales made in a period by who levies it: kind, code, name and minor units.

    It says where the state is to pass its tax on. Sales undone in the period are taken off again.
    """
    since, before = midnight(begins, zone=zone), midnight(until, zone=zone)
    moves = TaxQuoteMove.objects.filter(
        quote__owed_to=authority,
        quote__currency=currency,
        moved_at__gte=since,
        moved_at__lt=before,
    ).exclude(from_state="quoted", move=QuoteMove.VOID.value)
    sums: dict[tuple[str, str, str], int] = {}
    for one in moves.select_related("quote").iterator(chunk_size=1_000):
        sign = 1 if one.move == QuoteMove.COMMIT.value else -1
        for part, minor in shares_of(read_quote(one.quote.body)):
            name = (part.kind, part.code, part.name)
            sums[name] = sums.get(name, 0) + sign * minor
    return tuple((*name, minor) for name, minor in sorted(sums.items()) if minor)


def midnight(day: date, *, zone: str) -> datetime:
    """Return the instant at which a day begins in a time zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone))


def _first_day(authority: str, *, currency: str, zone: str) -> date | None:
    rows = ledger.statement_rows(
        code=AccountCode.TAX_PAYABLE, key=authority, currency=currency, begin=0, end=1
    )
    first = next(rows, None)
    return None if first is None else first.effective_at.astimezone(ZoneInfo(zone)).date()


def _registration(one: TaxRegistration) -> RegistrationRow:
    return RegistrationRow(
        authority=one.authority,
        number=one.number,
        is_facilitator=one.is_facilitator,
        period=FilingPeriod(one.period),
        from_date=one.from_date,
        source=one.source,
        set_by=one.set_by,
    )


def _return(one: TaxReturn) -> ReturnRow:
    moves: list[TaxReturnMove] = sorted(one.moves.all(), key=lambda row: (row.moved_at, row.id))
    return ReturnRow(
        id=one.id,
        authority=one.authority,
        currency=one.currency,
        from_date=one.from_date,
        until_date=one.until_date,
        is_facilitator=one.is_facilitator,
        state=ReturnState(moves[-1].to_state) if moves else ReturnState.PREPARED,
        figures=ReturnFigures(
            collected=Money(one.collected_minor, one.currency),
            refunded=Money(one.refunded_minor, one.currency),
            credit_used=Money(one.credit_used_minor, one.currency),
            due=Money(one.due_minor, one.currency),
            carried=Money(one.carried_minor, one.currency),
        ),
        body=one.body,
        sha256=one.sha256,
        prepared_by=one.prepared_by,
        prepared_at=one.prepared_at,
        steps=tuple(
            ReturnStep(ReturnState(row.to_state), row.actor, row.reference, row.moved_at)
            for row in moves
        ),
    )
