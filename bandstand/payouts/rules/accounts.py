"""
Where a seller's money may go: account numbers, read, checked and masked. Pure.

Source: ISO 13616 (IBAN) and ISO 9362 (BIC) as python-stdnum checks them; ABA routing numbers by
their check digit; account numbers of US banks have up to 17 digits (NACHA Operating Rules, entry
detail record, field 5, known 2026-11-22, not re-read).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from stdnum import exceptions, iban
from stdnum.us import rtn

from bandstand.kernel.errors import BadInputError

COOLING_DAYS: Final = 5
"""How long a changed account waits where the operator has set nothing."""
HOLDER_MAX: Final = 140
CONNECTED: Final = re.compile(r"acct_[A-Za-z0-9_]{2,60}")
US_ACCOUNT: Final = re.compile(r"[0-9]{4,17}")
SHOWN: Final = 4
DOTS: Final = "••••"


class AccountKind(StrEnum):
    """What kind of account a seller is paid to."""

    IBAN = "iban"
    US_BANK = "us_bank"
    """A routing number and an account number of a bank in the United States."""
    CONNECTED = "connected"
    """An account at a payment provider, by its id."""


class FileForm(StrEnum):
    """How a run's file for the bank is written."""

    PAIN_001 = "pain.001"
    CSV = "csv"


class PayoutAccountError(BadInputError):
    """Account details that cannot be right; the message says how to mend them."""

    code = "payout_account"


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """An account as a gateway takes it: ``routing`` only where the kind has one."""

    kind: AccountKind
    number: str
    holder: str
    routing: str = ""

    @property
    def masked(self) -> str:
        """Return what may be shown: enough to be recognised, too little to be used."""
        if self.kind is AccountKind.IBAN:
            return f"{self.number[:2]} {DOTS} {self.number[-SHOWN:]}"
        if self.kind is AccountKind.US_BANK:
            return f"US {DOTS} {self.number[-SHOWN:]}"
        return f"acct_{DOTS}{self.number[-SHOWN:]}"

    def as_text(self) -> str:
        """Return the details as they are sealed."""
        return f"{self.kind.value}\n{self.number}\n{self.routing}\n{self.holder}"


def read_account(
    *, kind: AccountKind, number: str, holder: str, routing: str = ""
) -> AccountDetails:
    """
    Return account details as they are used, after checking every digit that can be checked.

    Raises: PayoutAccountError.
    """
    name = " ".join(holder.split())
    if not 1 < len(name) <= HOLDER_MAX:
        raise PayoutAccountError(
            f"Name who holds the account, as the bank knows them, in 2 to {HOLDER_MAX} letters."
        )
    if kind is AccountKind.IBAN:
        return AccountDetails(kind, _iban(number), name)
    if kind is AccountKind.US_BANK:
        return AccountDetails(kind, _us_account(number), name, routing=_routing(routing))
    found = number.strip()
    if not CONNECTED.fullmatch(found):
        raise PayoutAccountError("An account at the provider has an id such as acct_1AbCdEfGh.")
    return AccountDetails(kind, found, name)


def details_of(text: str) -> AccountDetails:
    """Return the details that were sealed as text."""
    kind, number, routing, holder = text.split("\n")
    return AccountDetails(AccountKind(kind), number, holder, routing=routing)


def usable_from(*, now: datetime, is_change: bool, cooling_days: int) -> datetime:
    """Return from when a newly stated account may be paid to: a change waits."""
    return now + timedelta(days=cooling_days) if is_change else now


def _iban(text: str) -> str:
    try:
        return str(iban.validate(text))
    except exceptions.ValidationError:
        raise PayoutAccountError(
            "The IBAN does not check: a character is wrong, missing or swapped. Copy it again."
        ) from None


def _us_account(text: str) -> str:
    digits = text.replace(" ", "").replace("-", "")
    if not US_ACCOUNT.fullmatch(digits):
        raise PayoutAccountError("The account number of a US bank has 4 to 17 digits.")
    return digits


def _routing(text: str) -> str:
    try:
        return str(rtn.validate(text))
    except exceptions.ValidationError:
        raise PayoutAccountError(
            "The routing number has nine digits and does not check. It is on the left of a cheque."
        ) from None
