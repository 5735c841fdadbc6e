"""
The shop's own key, with which it signs the status lists that it keeps for brands.

It signs nothing else: a credential is always signed by its issuer. Made once, readable by its owner
only.
"""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from bandstand.kernel.errors import UnavailableError
from bandstand.rights.rules.credentials import (
    Algorithm,
    CredentialFaultError,
    encoded,
    signature_by,
    signing_input_of,
)
from bandstand.rights.rules.credentials.key_files import (
    new_private_key,
    private_key,
    without_private,
)

KEY_FILE: Final = "status-list.jwk"


class ShopKeyError(UnavailableError):
    """The shop's key for status lists cannot be read."""

    code = "shop_key_unreadable"


def sign_list(claims: dict[str, Any]) -> str:
    """
    Return a status list's claims signed by the shop.

    Raises: ShopKeyError.
    """
    key = _key()
    signing_input = signing_input_of(claims, alg=key["alg"], kid=key["kid"])
    return f"{signing_input}.{encoded(signature_by(key, signing_input))}"


def public_keys() -> dict[str, Any]:
    """
    Return the key set with which the shop's lists are checked.

    Raises: ShopKeyError.
    """
    return {"keys": [without_private(_key())]}


def _key() -> dict[str, Any]:
    path = Path(settings.VAR_DIR) / "keys" / KEY_FILE
    if not path.exists():
        _make(path)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, CredentialFaultError) as wrong:
        raise ShopKeyError(f"The key {path} cannot be read: {wrong}") from wrong


@lru_cache(maxsize=2)
def _read(path: Path, changed_ns: int) -> dict[str, Any]:  # noqa: ARG001 -- a changed file is another key
    return private_key(path.read_text(encoding="utf-8"))


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(new_private_key(Algorithm.ED25519), file)
    try:
        # Linked, not renamed: of two processes that start at once, the first key stays.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
