"""
A seller's statement of a period, and the yearly report that tax law asks of a platform.

Source: Council Directive (EU) 2021/514 (DAC7), Annex V, Section III B: per seller and quarter the
consideration paid, the number of relevant activities, and fees withheld; US Internal Revenue Code
section 6050W (Form 1099-K): gross amount per month. From general knowledge, 2026-11-22. From which
amounts a report is due stands in ``rules.reporting``; the file is a sheet, not the authority's XML.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bandstand.ledger import queries as ledger
from bandstand.ledger.queries import AsOf
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders.models import OrderLine
from bandstand.parties.models import Party
from bandstand.payouts.queries.accounts import seller_key
from bandstand.payouts.rules import ReportDuty, report_duty
from bandstand.tax import queries as tax

SELLER_ACCOUNTS = (
    AccountCode.SELLER_PAYABLE,
    AccountCode.SELLER_AVAILABLE,
    AccountCode.SELLER_RESERVE,
    AccountCode.SELLER_RECEIVABLE,
)
QUARTERS = 4
MONTHS = 12


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of a seller's money; what moves between a seller's own accounts is left out."""

    at: datetime
    kind: str
    words: str
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class SellerStatement:
    """A period of a seller's money: opening, movements, closing, all from the ledger."""

    seller: str
    currency: str
    since: datetime
    until: datetime
    opening: Money
    lines: tuple[StatementLine, ...]
    closing: Money


@dataclass(frozen=True, slots=True)
class YearRow:
    """One seller's year in a currency."""

    seller_id: UUID
    seller: str
    legal_name: str
    country: str
    market: str
    currency: str
    gross_by_quarter: tuple[Money, ...]
    gross_by_month: tuple[Money, ...]
    commission_by_quarter: tuple[Money, ...]
    sales_by_quarter: tuple[int, ...]

    @property
    def gross(self) -> Money:
        """Return the year's gross."""
        return sum(self.gross_by_quarter, Money.zero(self.currency))

    def duty(self, *, year: int) -> ReportDuty:
        """Return whether this year must be reported, by which law."""
        return report_duty(
            market=self.market, year=year, gross=self.gross, sales=sum(self.sales_by_quarter)
        )


def seller_statement(
    *, seller_id: UUID, currency: str, since: datetime, until: datetime
) -> SellerStatement:
    """Return what moved a seller's money in a period; the closing is what the ledger says."""
    key = seller_key(seller_id)
    opening = _worth(key, currency=currency, before=since)
    moved: dict[UUID, tuple[datetime, str, str, int]] = {}
    for code in SELLER_ACCOUNTS:
        rows = ledger.statement_rows(
            code=code, currency=currency, key=key, as_of=AsOf(effective_before=until)
        )
        for row in rows:
            if row.effective_at >= since:
                _, _, _, minor = moved.get(row.transfer_id, (row.effective_at, "", "", 0))
                moved[row.transfer_id] = (
                    row.effective_at, row.kind, row.memo, minor - row.amount.minor,
                )  # fmt: skip
    balance, lines = opening, []
    for at, kind, words, minor in sorted(moved.values()):
        if minor:
            balance += Money(minor, currency)
            lines.append(StatementLine(at, kind, words, Money(minor, currency), balance))
    return SellerStatement(
        seller=Party.objects.values_list("trading_name", flat=True).get(pk=seller_id),
        currency=currency,
        since=since,
        until=until,
        opening=opening,
        lines=tuple(lines),
        closing=_worth(key, currency=currency, before=until),
    )


def year_report(*, year: int, zone: str) -> tuple[YearRow, ...]:
    """Return what each seller sold through the platform in a calendar year, per market."""
    place = ZoneInfo(zone)
    since, until = datetime(year, 1, 1, tzinfo=place), datetime(year + 1, 1, 1, tzinfo=place)
    lines = (
        OrderLine.objects.filter(committed_at__gte=since, committed_at__lt=until)
        .exclude(state__in=["committed", "cancelled", "returned"])
        .select_related("offer__seller", "order")
    )
    grouped: dict[tuple[UUID, str, str], list[OrderLine]] = defaultdict(list)
    for line in lines.iterator(chunk_size=2_000):
        grouped[line.offer.seller_id, line.order.market_id, line.currency].append(line)
    rows = [_year_row(found, place=place) for found in grouped.values()]
    return tuple(sorted(rows, key=lambda row: (row.seller.casefold(), row.market)))


def _year_row(lines: list[OrderLine], *, place: ZoneInfo) -> YearRow:
    party, currency = lines[0].offer.seller, lines[0].currency
    months = [line.committed_at.astimezone(place).month - 1 for line in lines]
    within = tax.included_minor_of_lines([line.id for line in lines])
    prices = [line.price_minor + line.tax_minor - within.get(line.id, 0) for line in lines]
    fees = [line.commission_minor for line in lines]
    return YearRow(
        seller_id=party.id,
        seller=party.trading_name,
        legal_name=party.legal_name,
        country=party.country,
        market=lines[0].order.market_id,
        currency=currency,
        gross_by_quarter=_summed(zip(months, prices, strict=True), parts=QUARTERS, of=currency),
        gross_by_month=_summed(zip(months, prices, strict=True), parts=MONTHS, of=currency),
        commission_by_quarter=_summed(zip(months, fees, strict=True), parts=QUARTERS, of=currency),
        sales_by_quarter=tuple(
            sum(1 for month in months if month * QUARTERS // MONTHS == quarter)
            for quarter in range(QUARTERS)
        ),
    )


def _summed(pairs: Iterable[tuple[int, int]], *, parts: int, of: str) -> tuple[Money, ...]:
    sums = [0] * parts
    for month, minor in pairs:
        sums[month * parts // MONTHS] += minor
    return tuple(Money(minor, of) for minor in sums)


def _worth(key: str, *, currency: str, before: datetime) -> Money:
    """Return what all of a seller's accounts came to before an instant: positive is theirs."""
    parts = [
        ledger.balance(code=code, currency=currency, key=key, as_of=AsOf(effective_before=before))
        for code in SELLER_ACCOUNTS
    ]
    return -sum(parts, Money.zero(currency))
