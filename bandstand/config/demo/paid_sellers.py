"""Where the demo's sellers are paid: accounts at the sandbox, one of which gives the money back."""

from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.config.demo.people import (
    ACCOUNTS,
    HARBOR,
    NORTHGATE,
    PACIFIC_CELL,
    PASSWORD,
    Account,
)
from bandstand.parties import queries as parties, services as party_services
from bandstand.payouts import queries, services as payouts
from bandstand.payouts.rules import AccountKind, FileForm, read_account

SANDBOX: Final = "sandbox"
DESTINATIONS: Final = {
    NORTHGATE: "acct_northgate",
    HARBOR: "acct_returned",  # paid, and given back days later: the console shows what happens
    PACIFIC_CELL: "acct_pacific",
}


def sellers_are_paid(*, keys: dict[str, UUID], currency: str, actor: str, now: datetime) -> None:
    """Pay sellers through the sandbox, and let each say where their money goes, once."""
    if queries.route_of(currency, now=now).gateway != SANDBOX:
        payouts.set_payout_route(
            currency=currency,
            gateway=SANDBOX,
            form=FileForm.CSV,
            debtor=None,
            cooling_days=5,
            actor=actor,
            now=now,
        )
    for account in ACCOUNTS:
        if account.party in DESTINATIONS:
            _state(account, seller_id=keys[account.party], currency=currency, now=now)


def _state(account: Account, *, seller_id: UUID, currency: str, now: datetime) -> None:
    if queries.account_of(seller_id, currency=currency) is not None:
        return
    payouts.state_account(
        seller_id=seller_id,
        currency=currency,
        details=read_account(
            kind=AccountKind.CONNECTED,
            number=DESTINATIONS[account.party],
            holder=parties.party(seller_id).legal_name,
        ),
        person_id=party_services.add_person(
            email=account.email, password=PASSWORD, full_name=account.name
        ),
        password=PASSWORD,
        now=now,
    )
