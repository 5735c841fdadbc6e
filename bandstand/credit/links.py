"""
Signed links to applications: whoever asked for a plan reads the answer by the link in the letter.

The link is the application's key and a signature, and does not run out.
"""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing

from bandstand.kernel.errors import NotFoundError

SALT: Final = "bandstand.credit.application"


def application_path(application_id: UUID) -> str:
    """Return the signed path of an application's page."""
    return f"/application/{_signer().sign(application_id.hex)}/"


def application_address(application_id: UUID) -> str:
    """Return the whole address of an application's page, as letters print it."""
    return f"{settings.BASE_URL}{application_path(application_id)}"


def read_application_token(token: str) -> UUID:
    """
    Return the application that a token names.

    Raises: NotFoundError for a token this shop did not sign.
    """
    try:
        return UUID(hex=_signer().unsign(token))
    except (signing.BadSignature, ValueError) as refused:
        raise NotFoundError(
            "This link does not open an application. Use the whole link from the letter."
        ) from refused


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")
