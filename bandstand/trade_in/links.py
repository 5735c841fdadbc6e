"""Signed links to trade-ins: whoever holds the link may answer for the phone."""

from typing import Final

from django.conf import settings
from django.core import signing

from bandstand.trade_in.rules import TradeInNotFoundError, parse_reference

SALT: Final = "bandstand.trade_in.link"
PATH: Final = "/trade-in/{token}/"


def trade_in_token(reference: str) -> str:
    """Return the signed token of a trade-in."""
    return _signer().sign(reference)


def trade_in_link(reference: str) -> str:
    """Return the signed path of a trade-in's page."""
    return PATH.format(token=trade_in_token(reference))


def trade_in_address(reference: str) -> str:
    """Return the whole address of a trade-in's page, as letters print it."""
    return f"{settings.BASE_URL}{trade_in_link(reference)}"


def read_token(token: str) -> str:
    """
    Return the reference that a token names.

    Raises: TradeInNotFoundError for a token this shop did not sign.
    """
    try:
        return parse_reference(_signer().unsign(token))
    except signing.BadSignature as refused:
        raise TradeInNotFoundError(
            "This link does not open a trade-in. Use the whole link from the letter."
        ) from refused


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")
