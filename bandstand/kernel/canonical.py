"""
One byte string for one JSON value, so that hashes and signatures can be checked elsewhere.

Keys sorted by UTF-16 code units, no spaces, UTF-8, no floats: with integers, strings, booleans,
null, arrays and objects only, this is the JSON Canonicalization Scheme. A float is refused because
its digits differ between languages.

Source: RFC 8785, JSON Canonicalization Scheme, section 3.2 (read 2026-11-22).
"""

import hashlib
import json
from typing import Final

from bandstand.kernel.errors import BadInputError

SAFE_INTEGER_MAX: Final = 2**53 - 1  # beyond this a JavaScript reader would round


class NotCanonicalError(BadInputError):
    """A value that has no single canonical form."""

    code = "not_canonical"


def canonical_bytes(value: object) -> bytes:
    """
    Return the canonical bytes of a JSON value.

    Raises: NotCanonicalError for floats, unsafe integers, keys that are not text, or other types.
    """
    return json.dumps(
        _ordered(value, path="$"), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256_hex(value: object) -> str:
    """Return the SHA-256 of a value's canonical bytes, in hex."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _ordered(value: object, *, path: str) -> object:
    if isinstance(value, dict):
        return {
            key: _ordered(value[key], path=f"{path}.{key}") for key in _sorted_keys(value, path)
        }
    if isinstance(value, list | tuple):
        return [_ordered(item, path=f"{path}[{at}]") for at, item in enumerate(value)]
    if value is None or isinstance(value, str | bool):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int) and abs(value) <= SAFE_INTEGER_MAX:
        return value
    raise NotCanonicalError(f"{path} is {value!r}, which has no canonical JSON form.", path=path)


def _sorted_keys(value: dict[object, object], path: str) -> list[str]:
    keys = []
    for key in value:
        if not isinstance(key, str):
            raise NotCanonicalError(f"{path} has a key {key!r} that is not text.", path=path)
        keys.append(key)
    return sorted(keys, key=lambda key: key.encode("utf-16-be"))
