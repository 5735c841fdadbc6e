"""
The private vault: files by the hash of their bytes, sealed, under no name a sender chose.

Nothing in it is ever served inline. The same bytes are kept once, whoever sent them.
"""

import hashlib
import os
import re
from pathlib import Path
from secrets import token_hex
from typing import Final

from django.conf import settings

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.parties.sealing import SealBrokenError, seal, unseal

SHA256: Final = re.compile(r"[0-9a-f]{64}")


class NotInVaultError(NotFoundError):
    """No file of that hash lies in the vault."""

    code = "not_in_vault"


class MalformedHashError(BadInputError):
    """Something that is not the hash of a file."""

    code = "malformed_hash"


def keep(content: bytes) -> str:
    """Keep a file and return its hash; bytes that are there already stay as they are."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{sha256}.{token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(seal(content))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return sha256


def fetch(sha256: str) -> bytes:
    """
    Return a file by its hash.

    Raises: NotInVaultError; SealBrokenError if it is not what was kept.
    """
    path = _path(sha256)
    if not path.is_file():
        raise NotInVaultError("This file is not in the vault any more.")
    content = unseal(path.read_bytes())
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SealBrokenError("The file in the vault is not the one that was kept.")
    return content


def remove(sha256: str) -> None:
    """Remove a file; one that is not there is removed already."""
    _path(sha256).unlink(missing_ok=True)


def _path(sha256: str) -> Path:
    if not SHA256.fullmatch(sha256):
        raise MalformedHashError("A file is named by the 64 hexadecimal digits of its hash.")
    return Path(settings.VAR_DIR) / "vault" / sha256[:2] / sha256
