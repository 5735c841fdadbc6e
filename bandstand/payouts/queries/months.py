"""A seller's month as the ledger tells it, and the statements that were closed."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.ledger.models import Posting
from bandstand.ledger.queries import AsOf
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders.models import OrderLine
from bandstand.payouts.models import SellerStatement
from bandstand.payouts.queries.accounts import seller_key
from bandstand.payouts.rules.statements import (
    BUCKET_OF,
    Buckets,
    Detail,
    MonthFigures,
    Movement,
    ShareParts,
    details_of_sale,
)
from bandstand.tax import queries as tax

LINE: Final = re.compile(r"lin_[0-9A-Z]{26}")
CODES: Final = [code.value for code in BUCKET_OF]
SHOWN: Final = 120


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A closed statement in a list."""

    id: UUID
    number: str
    seller_id: UUID
    seller: str
    month: date
    currency: str
    revision: int
    replaces: str
    replaced_by: str
    closed_at: datetime
    closing: Money
    sha256: str


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A closed statement with what it says."""

    row: StatementRow
    body: dict[str, Any]


def figures(
    *, seller_id: UUID, currency: str, since: datetime, until: datetime, recorded_before: datetime
) -> MonthFigures:
    """
    Return a seller's buckets before a span, what moved them in it, and after it.

    Only what was recorded before an instant counts, so that a closed month can be told again.
    """
    before = AsOf(effective_before=since, recorded_before=recorded_before)
    after = AsOf(effective_before=until, recorded_before=recorded_before)
    key = seller_key(seller_id)
    return MonthFigures(
        opening=_standing(key, currency=currency, as_of=before),
        lines=_movements(key, currency=currency, since=since, as_of=after),
        closing=_standing(key, currency=currency, as_of=after),
    )


def closed_statements(
    *, seller_id: UUID | None = None, month: date | None = None, currency: str = ""
) -> tuple[StatementRow, ...]:
    """Return closed statements, newest month first, at most a thousand."""
    found = SellerStatement.objects.select_related("seller", "replaces", "replaced_by")
    if seller_id is not None:
        found = found.filter(seller=seller_id)
    if month is not None:
        found = found.filter(month=month)
    if currency:
        found = found.filter(currency=currency)
    ordered = found.order_by("-month", "seller__trading_name", "currency", "-revision")
    return tuple(_row(one) for one in ordered[:1000])


def statement_page(statement_id: UUID, *, seller_id: UUID | None = None) -> StatementPage:
    """
    Return a closed statement; for a seller, only one of its own.

    Raises: NotFoundError, alike for another's and none.
    """
    found = SellerStatement.objects.select_related("seller", "replaces", "replaced_by")
    row = found.filter(pk=statement_id).first()
    if row is None or (seller_id is not None and row.seller_id != seller_id):
        raise NotFoundError("There is no such statement, or it is not yours.")
    return StatementPage(_row(row), row.body)


def _standing(key: str, *, currency: str, as_of: AsOf) -> Buckets:
    sums: dict[str, int] = defaultdict(int)
    legs = _legs(key, currency=currency, as_of=as_of)
    for code, minor in legs.values_list("account__code", "amount_minor"):
        sums[code] += minor
    return _buckets(sums)


def _movements(key: str, *, currency: str, since: datetime, as_of: AsOf) -> tuple[Movement, ...]:
    legs = _legs(key, currency=currency, as_of=as_of).filter(transfer__effective_at__gte=since)
    moved: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    heads = {}
    for leg in legs.select_related("transfer", "account").order_by(
        "transfer__effective_at", "transfer_id", "number"
    ):
        moved[leg.transfer_id][leg.account.code] += leg.amount_minor
        heads[leg.transfer_id] = leg.transfer
    parts = _parts(head.idempotency_key for head in heads.values())
    return tuple(_movement(heads[at], _buckets(sums), parts=parts) for at, sums in moved.items())


def _movement(head: Any, moved: Buckets, *, parts: dict[str, ShareParts]) -> Movement:  # noqa: ANN401 -- a row of the ledger's, read only
    line = LINE.search(head.idempotency_key)
    share = parts.get(line.group()) if line else None
    details: tuple[Detail, ...] = ()
    if share is not None and moved.worth:
        details = details_of_sale(share, worth=moved.worth)
    return Movement(
        transfer=print_id(IdKind.TRANSFER, head.id),
        at=head.effective_at,
        kind=head.kind,
        words=share.what if share else head.memo,
        moved=moved,
        details=details,
    )


def _parts(keys: Iterable[str]) -> dict[str, ShareParts]:
    """Return what the sales that transfers are about were made of, by printed line."""
    printed = {found.group() for key in keys if (found := LINE.search(key))}
    ids = {parse_id(IdKind.LINE, one): one for one in printed}
    within = tax.included_minor_of_lines(list(ids))
    lines = OrderLine.objects.filter(pk__in=ids).select_related("order", "offer__variant__model")
    return {
        ids[line.id]: ShareParts(
            price=line.price_minor,
            tax_within=within.get(line.id, 0),
            commission=line.commission_minor,
            commission_words=line.commission_words,
            what=f"{line.order.number}: {line.offer.variant.model.name}"[:SHOWN],
        )
        for line in lines
    }


def _legs(key: str, *, currency: str, as_of: AsOf):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a queryset of postings
    return Posting.objects.filter(
        as_of.of_transfers("transfer__"),
        account__code__in=CODES,
        account__key=key,
        account__currency=currency,
    )


def _buckets(sums: dict[str, int]) -> Buckets:
    """Return sums of debits less credits as a seller's buckets."""
    by_name = {name: sums.get(code.value, 0) for code, name in BUCKET_OF.items()}
    owed = by_name[BUCKET_OF[AccountCode.SELLER_RECEIVABLE]]
    return Buckets(-by_name["pending"], -by_name["available"], -by_name["reserve"], owed)


def _row(row: SellerStatement) -> StatementRow:
    after = getattr(row, "replaced_by", None)
    closing = Buckets(**row.body["closing"])
    return StatementRow(
        id=row.id,
        number=row.number,
        seller_id=row.seller_id,
        seller=row.seller.trading_name,
        month=row.month,
        currency=row.currency,
        revision=row.revision,
        replaces=row.replaces.number if row.replaces else "",
        replaced_by=after.number if after else "",
        closed_at=row.closed_at,
        closing=Money(closing.worth, row.currency),
        sha256=row.sha256,
    )
