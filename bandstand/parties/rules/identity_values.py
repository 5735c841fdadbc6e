"""How each identity field is read, refused and masked. Pure; nothing here is stored."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import phonenumbers
from stdnum import iban
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.gb import vat as gb_vat
from stdnum.us import ein, rtn, tin

from bandstand.kernel.errors import near_matches
from bandstand.parties.rules.identity import IdentityWordsError
from bandstand.parties.rules.identity_specs import SPECS, IdentityName

VALUE_MAX: Final = 500
NAME_MIN: Final = 2
ADDRESS_MIN: Final = 10
SHOWN_END: Final = 4
US_ACCOUNT: Final = re.compile(r"^(\d{9})\D+(\d{4,17})$")
EMAIL: Final = re.compile(r"^[^@\s<>\"]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}$", re.IGNORECASE)
PO_BOX: Final = re.compile(r"^\s*(p\.?\s*o\.?\s*box|post(fach| office box))\b", re.IGNORECASE)
TAX_ID: Final = re.compile(r"^([A-Z]{2})[\s:]+([A-Z0-9][A-Z0-9 .\-/]{4,24})$")


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A value as it is kept, and as it may be shown."""

    value: str
    masked: str


def read_value(name: IdentityName, text: str) -> ReadValue:
    """
    Return what a seller wrote as it is kept and as it may be shown.

    Raises: IdentityWordsError saying what is wrong and what would be right.
    """
    written = _plain(text)
    spec = SPECS[name]
    if not written:
        raise _wrong(name, f"“{spec.label}” is empty. {spec.hint}")
    if len(written) > VALUE_MAX:
        raise _wrong(name, f"“{spec.label}” is longer than {VALUE_MAX} characters. Shorten it.")
    if spec.choices:
        return _choice(name, written)
    value = READERS.get(name, _free)(written)
    return ReadValue(value, masked(value) if spec.is_sealed else value)


def masked(value: str) -> str:
    """Return a secret with all but its last characters hidden; a short one is hidden whole."""
    number, comma, holder = value.partition(",")
    bare = "".join(letter for letter in number if letter.isalnum())
    shown = bare[-SHOWN_END:] if len(bare) > SHOWN_END * 2 else ""
    return f"•••• {shown}".strip() + (f"{comma} {holder.strip()}" if comma else "")


def _plain(text: str) -> str:
    # Control and direction marks could make a reviewer read another name than the one stored.
    kept = (
        " " if letter in "\r\n\t" else letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in "\r\n\t" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}
    )
    return " ".join("".join(kept).split())


def _choice(name: IdentityName, written: str) -> ReadValue:
    known = [value for value, _ in SPECS[name].choices]
    if written not in known:
        near = near_matches(written, known) or known
        raise _wrong(name, f"“{written[:40]}” is not an answer here. Say {' or '.join(near)}.")
    return ReadValue(written, written)


def _free(written: str) -> str:
    return written


def _legal_name(written: str) -> str:
    if len(written) < NAME_MIN or not any(letter.isalpha() for letter in written):
        raise _wrong(IdentityName.LEGAL_NAME, "That is not a name. Write it as registered.")
    return written


def _address(written: str) -> str:
    if PO_BOX.match(written):
        raise _wrong(
            IdentityName.ADDRESS, "A post-office box is not a physical address. Give the street."
        )
    if len(written) < ADDRESS_MIN or " " not in written:
        raise _wrong(
            IdentityName.ADDRESS, "That is too short for an address: street, town, code, country."
        )
    return written


def _email(written: str) -> str:
    if not EMAIL.match(written):
        raise _wrong(
            IdentityName.EMAIL,
            f"“{written}” is not an e-mail address. Give one like orders@example.com.",
        )
    local, _, domain = written.rpartition("@")
    return f"{local}@{domain.lower()}"


def _phone(written: str) -> str:
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException as wrong:
        raise _wrong(
            IdentityName.PHONE,
            f"“{written}” is not a phone number with its country code, as in +1 212 555 0100.",
        ) from wrong
    if not phonenumbers.is_valid_number(number):
        raise _wrong(
            IdentityName.PHONE, f"“{written}” is not a number that can ring. Read it again."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _tax_id(written: str) -> str:
    found = TAX_ID.match(written.upper())
    if found is None:
        raise _wrong(
            IdentityName.TAX_ID,
            "Write the country's two letters, a space and the number, as in US 12-3456789.",
        )
    country, number = found[1], found[2].strip()
    try:
        return f"{country} {_checked_tax_id(country, number)}"
    except ValidationError as wrong:
        raise _wrong(
            IdentityName.TAX_ID,
            f"That is not a tax number of {country}: {str(wrong).rstrip('.').lower()}. "
            "Read it again.",
        ) from wrong


def _checked_tax_id(country: str, number: str) -> str:
    if country == "US":
        return str(ein.format(number) if ein.is_valid(number) else tin.validate(number))
    if country == "GB":
        return str(gb_vat.validate(number))
    if country.lower() in eu_vat.MEMBER_STATES:
        # A private trader has a national number, which differs by country; only the form of a
        # VAT number can be checked here, so another is kept as written.
        return str(eu_vat.validate(country + number))[2:] if _is_vat(country, number) else number
    return number


def _is_vat(country: str, number: str) -> bool:
    return bool(eu_vat.is_valid(country + number))


def _bank_account(written: str) -> str:
    number, comma, holder = written.partition(",")
    if not comma or len(holder.strip()) < NAME_MIN:
        raise _wrong(IdentityName.BANK_ACCOUNT, "Add a comma and the name of the account's holder.")
    return f"{_account_number(number.strip())}, {holder.strip()}"


def _account_number(number: str) -> str:
    us = US_ACCOUNT.match(number)
    if us is not None:
        if not rtn.is_valid(us[1]):
            raise _wrong(
                IdentityName.BANK_ACCOUNT,
                f"{us[1]} is not a US routing number: its check digit does not fit.",
            )
        return f"{us[1]} {us[2]}"
    try:
        return str(iban.validate(number))
    except ValidationError as wrong:
        raise _wrong(
            IdentityName.BANK_ACCOUNT,
            "That is neither an IBAN nor a US routing number with an account number. Read it "
            "again.",
        ) from wrong


def _wrong(name: IdentityName, message: str) -> IdentityWordsError:
    return IdentityWordsError(message, field=name.value)


READERS: Final[Mapping[IdentityName, Callable[[str], str]]] = MappingProxyType(
    {
        IdentityName.LEGAL_NAME: _legal_name,
        IdentityName.ADDRESS: _address,
        IdentityName.EMAIL: _email,
        IdentityName.PHONE: _phone,
        IdentityName.TAX_ID: _tax_id,
        IdentityName.BANK_ACCOUNT: _bank_account,
    }
)
