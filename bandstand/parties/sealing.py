"""
Sealing what only the operator may ever read: tax numbers, bank accounts, copies of documents.

The key lies in a file that only its owner reads, under the private folder unless named. Without it
nothing sealed can be opened again, so it is backed up apart from the database.
"""

import os
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from bandstand.kernel.errors import UnavailableError


class SealBrokenError(UnavailableError):
    """Something sealed that this installation's key does not open."""

    code = "seal_broken"


def seal(content: bytes) -> bytes:
    """Return content sealed with the installation's key."""
    return _sealer().encrypt(content)


def unseal(token: bytes) -> bytes:
    """
    Return what was sealed.

    Raises: SealBrokenError if it was altered or sealed with another key.
    """
    try:
        return _sealer().decrypt(token)
    except InvalidToken as refused:
        raise SealBrokenError(
            "This was sealed with another key, or was altered. Restore the identity key."
        ) from refused


def _sealer() -> Fernet:
    named = settings.ENVIRONMENT.text("IDENTITY_KEY_FILE")
    path = Path(named) if named else Path(settings.VAR_DIR) / "keys" / "identity.key"
    if not named and not path.exists():
        _make_key(path)
    try:
        return _read_key(path, path.stat().st_mtime_ns)
    except (OSError, ValueError) as refused:
        raise SealBrokenError(
            f"The identity key {path.name} cannot be read as a Fernet key."
        ) from refused


@lru_cache(maxsize=4)
def _read_key(path: Path, changed_ns: int) -> Fernet:  # noqa: ARG001 -- a changed file is another key
    return Fernet(path.read_bytes().strip())


def _make_key(path: Path) -> None:
    """Make the key, once, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key())
    try:
        # Linked, not renamed: of two processes that start at once, the first key stays.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
