"""
Closing a month: every seller's statement, numbered, kept once, and corrected only by another.

A closed month is looked at again for some months: what was recorded later and took effect in it
makes a new statement that names the old one, which stays as it is.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.parties import queries as parties
from bandstand.parties.models import Party
from bandstand.payouts import documents
from bandstand.payouts.models import SellerStatement, StatementPdf
from bandstand.payouts.queries import seller_key
from bandstand.payouts.queries.months import figures
from bandstand.payouts.rules.statements import (
    MonthError,
    MonthFigures,
    month_before,
    require_closed,
    span_of,
)
from bandstand.plumbing import jobs
from bandstand.plumbing.locks import lock

LOOKED_AT_AGAIN: Final = 3
"""For how many months after a month was closed late movements are looked for."""


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """What closing a month did."""

    month: date
    new: int
    corrected: int
    unchanged: int


def close_due(*, now: datetime) -> tuple[ClosedMonth, ...]:
    """Close the last month, and look again at the ones before it, the oldest first."""
    zone = parties.operator().time_zone
    month = month_before(now.astimezone(ZoneInfo(zone)).date())
    months = [month]
    for _ in range(LOOKED_AT_AGAIN):
        months.append(month_before(months[-1]))
    return tuple(close_month(month=one, now=now) for one in reversed(months))


def close_month(*, month: date, now: datetime) -> ClosedMonth:
    """
    Write every seller's statement of a month that is over, and correct those that say otherwise.

    Raises: MonthError if the month is not over; StatementOffError if the books do not add up.
    """
    before = set(SellerStatement.objects.filter(month=month).values_list("id", flat=True))
    told = [
        close_seller_month(seller_id=seller_id, currency=currency, month=month, now=now)
        for seller_id, currency in _sellers()
    ]
    found = [one for one in told if one is not None]
    return ClosedMonth(
        month=month,
        new=sum(one.id not in before and one.revision == 1 for one in found),
        corrected=sum(one.id not in before and one.revision > 1 for one in found),
        unchanged=sum(one.id in before for one in found),
    )


@transaction.atomic
def close_seller_month(
    *, seller_id: UUID, currency: str, month: date, now: datetime
) -> SellerStatement | None:
    """
    Return the statement of a seller's month, written now if there is none that says the same.

    Nothing for a month without money or movement.
    Raises: MonthError; StatementOffError.
    Lock: the numbers of the month.
    """
    zone = parties.operator().time_zone
    since, until = span_of(month, zone=zone)
    if until > now:
        raise MonthError(f"{month:%B %Y} is not over yet; its statement is closed when it is.")
    lock(f"statements:{month.isoformat()}")
    told = figures(
        seller_id=seller_id, currency=currency, since=since, until=until, recorded_before=now
    )
    require_closed(told)
    mine = SellerStatement.objects.filter(seller=seller_id, currency=currency, month=month)
    latest = mine.order_by("-revision").first()
    if latest is None and told.is_empty:
        return None
    if latest is not None and _says_same(latest, told):
        return latest
    return _write(told, seller_id=seller_id, currency=currency, month=month, former=latest, now=now)


@transaction.atomic
def statement_pdf(*, statement_id: UUID, now: datetime) -> StatementPdf | None:
    """
    Return a statement as it was drawn, drawing it if it never was.

    Nothing where this machine cannot draw one.
    Lock: the statement's drawing.
    """
    lock(f"statement_pdf:{statement_id}")
    kept = StatementPdf.objects.filter(statement=statement_id).first()
    if kept is not None:
        return kept
    statement = SellerStatement.objects.get(pk=statement_id)
    drawn = documents.statement_pdf(documents.statement_html(statement.body))
    if drawn is None:
        return None
    return StatementPdf.objects.create(
        statement=statement,
        content=drawn,
        sha256=hashlib.sha256(drawn).hexdigest(),
        drawn_at=now,
    )


def _write(
    told: MonthFigures,
    *,
    seller_id: UUID,
    currency: str,
    month: date,
    former: SellerStatement | None,
    now: datetime,
) -> SellerStatement:
    since, until = span_of(month, zone=parties.operator().time_zone)
    serial = SellerStatement.objects.filter(month=month).count() + 1
    number = f"{month:%Y-%m}-{serial:05}"
    revision = former.revision + 1 if former else 1
    head = {
        "version": 1,
        "number": number,
        "revision": revision,
        "replaces": former.number if former else "",
        "month": f"{month:%Y-%m}",
        "currency": currency,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "closed_at": now.isoformat(),
        **_who(seller_id),
    }
    body = head | told.as_json()
    made = SellerStatement.objects.create(
        seller_id=seller_id,
        currency=currency,
        month=month,
        number=number,
        revision=revision,
        replaces=former,
        since=since,
        until=until,
        closed_at=now,
        body=body,
        sha256=sha256_hex(body),
    )
    jobs.defer("bandstand.payouts.tasks.draw_statement", statement_id=str(made.id))
    return made


def _who(seller_id: UUID) -> dict[str, Any]:
    party, operator = Party.objects.get(pk=seller_id), parties.operator()
    return {
        "zone": operator.time_zone,
        "operator": {"shop": operator.shop_name, "name": operator.party_name},
        "seller": {
            "key": seller_key(seller_id),
            "name": party.legal_name,
            "trades_as": party.trading_name,
            "address": party.address,
            "country": party.country,
        },
    }


def _says_same(statement: SellerStatement, told: MonthFigures) -> bool:
    wanted = told.as_json()
    return all(statement.body[name] == wanted[name] for name in ("opening", "lines", "closing"))


def _sellers() -> list[tuple[UUID, str]]:
    used = ledger.accounts(code=AccountCode.SELLER_PAYABLE)
    return sorted({(parse_id(IdKind.PARTY, row.key), row.currency) for row in used if row.key})
