"""
Where a buyer's money is sent. Read, refused and masked here; kept sealed elsewhere.

Sources: IBAN, ISO 13616; routing numbers, ABA Key to Routing Numbers (check digit); both checked
by python-stdnum (known 2026-11-22, not re-read).
"""

from dataclasses import dataclass
from typing import Final

from stdnum import iban as stdnum_iban
from stdnum.us import rtn

from bandstand.kernel.errors import BadInputError
from bandstand.payments.rules import has_card_number

SHOWN_LETTERS: Final = 4
ACCOUNT_DIGITS_MAX: Final = 17
ACCOUNT_DIGITS_MIN: Final = 4
HOLDER_MAX: Final = 140


class BankAccountError(BadInputError):
    """A bank account that cannot be one. The message never repeats it."""

    code = "bank_account"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account, whole; only ``masked`` may be shown."""

    holder: str
    routing: str
    number: str

    @property
    def masked(self) -> str:
        return f"{self.holder}, account ending {self.number[-SHOWN_LETTERS:]}"


def read_account(*, holder: str, routing: str, number: str) -> BankAccount:
    """
    Return an account: an IBAN alone, or a US routing number and account number.

    Raises: BankAccountError saying how to mend it.
    """
    name = " ".join(holder.split())
    if not name or len(name) > HOLDER_MAX or any(one.isdigit() for one in name):
        raise BankAccountError("Write the name of the account’s holder, as the bank has it.")
    compact = "".join(one for one in number if one.isalnum()).upper()
    if has_card_number(number) and not compact[:2].isalpha():
        raise BankAccountError(
            "This looks like a payment card number. Never type one here; give the account’s number."
        )
    if compact[:2].isalpha():
        return _iban(name, compact)
    return _us(name, routing=routing, number=compact)


def _iban(name: str, compact: str) -> BankAccount:
    if not stdnum_iban.is_valid(compact):
        raise BankAccountError("This is not a valid IBAN: compare each letter with your bank’s.")
    return BankAccount(name, "", compact)


def _us(name: str, *, routing: str, number: str) -> BankAccount:
    route = "".join(one for one in routing if one.isalnum())
    if not rtn.is_valid(route):
        raise BankAccountError(
            "Give an IBAN, or a US routing number of nine digits with the account number. A"
            " routing number’s last digit checks the others."
        )
    if not (number.isdecimal() and ACCOUNT_DIGITS_MIN <= len(number) <= ACCOUNT_DIGITS_MAX):
        raise BankAccountError(
            f"A US account number has {ACCOUNT_DIGITS_MIN} to {ACCOUNT_DIGITS_MAX} digits."
        )
    return BankAccount(name, route, number)
