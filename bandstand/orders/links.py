"""
Signed links to orders: a guest reads their order by the link in the letter, and no other.

The link is the order's printed id and a signature; it holds nothing else about the buyer and does
not run out, because the letter it is in does not either.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing

from bandstand.kernel.public_ids import IdKind, MalformedIdError, parse_id, print_id
from bandstand.orders.rules import OrderNotFoundError

SALT = "bandstand.orders.link"
ORDER_PATH = "/order/{token}/"


def order_token(order_id: UUID) -> str:
    """Return the signed token of an order."""
    return _signer().sign(print_id(IdKind.ORDER, order_id))


def order_link(order_id: UUID) -> str:
    """Return the signed path of an order's page."""
    return ORDER_PATH.format(token=order_token(order_id))


def order_address(order_id: UUID) -> str:
    """Return the whole address of an order's page, as letters print it."""
    return f"{settings.BASE_URL}{order_link(order_id)}"


def agreement_address(order_id: UUID, *, line_id: UUID) -> str:
    """Return the whole address of the credit agreement of a line."""
    return f"{order_address(order_id)}agreement/{print_id(IdKind.LINE, line_id)}.html"


def read_order_token(token: str) -> UUID:
    """
    Return the order that a token names.

    Raises: OrderNotFoundError for a token this shop did not sign.
    """
    try:
        return parse_id(IdKind.ORDER, _signer().unsign(token))
    except (signing.BadSignature, MalformedIdError) as refused:
        raise OrderNotFoundError(
            "This link does not open an order. Use the whole link from the letter."
        ) from refused


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")
