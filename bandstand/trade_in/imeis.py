"""
An IMEI as this room keeps it: never in clear.

A keyed hash finds the phone again, the last four digits let people recognise it, and while a form
goes from page to page the number travels sealed.
"""

import re
from typing import Final

from django.utils.crypto import salted_hmac

from bandstand.catalogue.rules import MalformedImeiError, tac_of
from bandstand.parties.sealing import SealBrokenError, seal, unseal

SALT: Final = "bandstand.trade_in.imei"
SHOWN_DIGITS: Final = 4


def digits_of(imei: str) -> str:
    """
    Return the fifteen digits of an IMEI, however it was typed.

    Raises: MalformedImeiError saying how to mend it.
    """
    tac_of(imei)
    return re.sub(r"\D", "", imei)


def imei_hash(digits: str) -> str:
    """Return the keyed hash by which a phone is found again."""
    return salted_hmac(SALT, digits, algorithm="sha256").hexdigest()


def imei_masked(digits: str) -> str:
    """Return what may be shown of an IMEI."""
    return f"ends in {digits[-SHOWN_DIGITS:]}"


def seal_imei(digits: str) -> str:
    """Return an IMEI sealed, to travel in a form."""
    return seal(digits.encode()).decode()


def unseal_imei(token: str) -> str:
    """
    Return the IMEI that a form brought back; empty for an empty field.

    Raises: MalformedImeiError if the field was altered.
    """
    if not token:
        return ""
    try:
        return unseal(token.encode()).decode()
    except SealBrokenError as refused:
        raise MalformedImeiError(
            "The page was open too long. Type the IMEI once more."
        ) from refused
