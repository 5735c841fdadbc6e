"""Whom a payout run would pay now, and whom it would leave out and why."""

from dataclasses import dataclass
from datetime import datetime

from bandstand.money import Money, format_money
from bandstand.parties.models import Party
from bandstand.payouts import gateways
from bandstand.payouts.models import PayoutPolicy
from bandstand.payouts.queries.accounts import SellerMoneyRow, sellers_money
from bandstand.payouts.queries.destinations import AccountRow, current_accounts, route_of


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A seller with money whom a run does not pay, and why."""

    row: SellerMoneyRow
    reason: str


def payable_now(*, currency: str, now: datetime) -> tuple[SellerMoneyRow, ...]:
    """Return the sellers whom a run would pay: enough money, an account, not suspended."""
    return tuple(row for row, reason in _standing(currency, now=now) if not reason)


def left_out(*, currency: str, now: datetime) -> tuple[LeftOutRow, ...]:
    """Return the sellers with available money whom a run would not pay, with the reason."""
    return tuple(LeftOutRow(row, why) for row, why in _standing(currency, now=now) if why)


def _standing(currency: str, *, now: datetime) -> list[tuple[SellerMoneyRow, str]]:
    rows = [row for row in sellers_money(currency=currency) if row.balance.payable.is_positive]
    accounts = current_accounts([row.seller_id for row in rows], currency=currency)
    minimum = Money(_minimum(currency, now=now), currency)
    suspended = set(Party.objects.filter(suspended_at__lte=now).values_list("id", flat=True))
    found = []
    for row in rows:
        why = "suspended" if row.seller_id in suspended else ""
        if not why and row.balance.payable < minimum:
            why = f"less than {format_money(minimum)}"
        found.append((row, why or _fault(accounts.get(row.seller_id), currency, now=now)))
    return found


def _fault(account: AccountRow | None, currency: str, *, now: datetime) -> str:
    """Return why an account cannot be paid to, or nothing."""
    if account is None:
        return "no account for payouts yet"
    if account.blocked_at is not None:
        return f"account blocked: {account.blocked_reason}"
    if account.usable_from > now:
        return f"account changed; it waits until {account.usable_from:%-d %B %Y}"
    route = gateways.gateway(route_of(currency, now=now).gateway)
    if account.kind not in route.takes:
        return f"{route.label} does not pay to this kind of account"
    return ""


def _minimum(currency: str, *, now: datetime) -> int:
    policies = PayoutPolicy.objects.filter(market__currency=currency, from_at__lte=now)
    return max(
        (
            row.minimum_minor
            for row in policies.order_by("market_id", "-from_at").distinct("market_id")
        ),
        default=0,
    )
