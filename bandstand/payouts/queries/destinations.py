"""Sellers' accounts for payouts, and by which way a currency is paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.parties.sealing import unseal
from bandstand.payouts.models import PayoutAccount, PayoutRoute
from bandstand.payouts.rules import (
    COOLING_DAYS,
    AccountDetails,
    AccountKind,
    FileForm,
    details_of,
)

BY_FILE = "bank_file"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A seller's account as it may be shown."""

    id: UUID
    seller_id: UUID
    currency: str
    kind: AccountKind
    holder: str
    masked: str
    stated_at: datetime
    stated_by: str
    usable_from: datetime
    ended_at: datetime | None
    blocked_at: datetime | None
    blocked_reason: str

    def is_usable(self, *, now: datetime) -> bool:
        """Say whether it may be paid to."""
        return self.ended_at is None and self.blocked_at is None and self.usable_from <= now


@dataclass(frozen=True, slots=True)
class RouteRow:
    """By which way sellers are paid in a currency."""

    currency: str
    gateway: str
    form: FileForm
    debtor: str
    debtor_masked: str
    cooling_days: int
    from_at: datetime | None
    set_by: str


def accounts_of(seller_id: UUID) -> tuple[AccountRow, ...]:
    """Return every account a seller ever stated, newest first."""
    found = PayoutAccount.objects.filter(seller=seller_id).order_by("-stated_at", "-id")
    return tuple(_row(one) for one in found)


def account_of(seller_id: UUID, *, currency: str) -> AccountRow | None:
    """Return the account that a seller is paid to in a currency."""
    return current_accounts([seller_id], currency=currency).get(seller_id)


def current_accounts(seller_ids: Iterable[UUID], *, currency: str) -> dict[UUID, AccountRow]:
    """Return the account of each seller in a currency."""
    found = PayoutAccount.objects.filter(
        seller_id__in=list(seller_ids), currency=currency, ended_at=None
    )
    return {one.seller_id: _row(one) for one in found}


def accounts_stated() -> tuple[tuple[str, AccountRow], ...]:
    """Return every account that stands, with its seller's trading name, by name and currency."""
    found = PayoutAccount.objects.filter(ended_at=None).select_related("seller")
    rows = [(one.seller.trading_name, _row(one)) for one in found]
    return tuple(sorted(rows, key=lambda one: (one[0].casefold(), one[1].currency)))


def others_with(account_id: UUID) -> tuple[str, ...]:
    """Return the trading names of other sellers who stated the same number."""
    mine = PayoutAccount.objects.get(pk=account_id)
    others = PayoutAccount.objects.filter(fingerprint=mine.fingerprint, ended_at=None)
    names = others.exclude(seller=mine.seller_id).values_list("seller__trading_name", flat=True)
    return tuple(sorted(set(names)))


def details_for_payment(account: PayoutAccount) -> AccountDetails:
    """Return the whole details of an account, to pay to it and for nothing else."""
    return details_of(unseal(account.sealed.encode()).decode())


def route_of(currency: str, *, now: datetime) -> RouteRow:
    """Return by which way sellers are paid in a currency; a sheet for the bank unless told."""
    found = _routes(currency, now=now).first()
    if found is None:
        return RouteRow(currency, BY_FILE, FileForm.CSV, "", "", COOLING_DAYS, None, "")
    return _route(found)


def debtor_of(currency: str, *, now: datetime) -> AccountDetails | None:
    """Return the account that the operator pays a currency from, to write it into a file."""
    found = _routes(currency, now=now).first()
    if found is None or not found.debtor_sealed:
        return None
    return details_of(unseal(found.debtor_sealed.encode()).decode())


def payout_routes() -> tuple[RouteRow, ...]:
    """Return every route that was ever set, newest first in each currency."""
    return tuple(_route(one) for one in PayoutRoute.objects.order_by("currency", "-from_at"))


def _routes(currency: str, *, now: datetime):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a queryset of routes
    return PayoutRoute.objects.filter(currency=currency, from_at__lte=now).order_by("-from_at")


def _route(row: PayoutRoute) -> RouteRow:
    return RouteRow(
        row.currency,
        row.gateway,
        FileForm(row.form),
        row.debtor,
        row.debtor_masked,
        row.cooling_days,
        row.from_at,
        row.set_by,
    )


def _row(row: PayoutAccount) -> AccountRow:
    return AccountRow(
        id=row.id,
        seller_id=row.seller_id,
        currency=row.currency,
        kind=AccountKind(row.kind),
        holder=row.holder,
        masked=row.masked,
        stated_at=row.stated_at,
        stated_by=row.stated_by,
        usable_from=row.usable_from,
        ended_at=row.ended_at,
        blocked_at=row.blocked_at,
        blocked_reason=row.blocked_reason,
    )
