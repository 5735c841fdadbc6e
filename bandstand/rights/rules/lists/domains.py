"""
Domain names: their one written form, which lies within which, and which looks like another's.

Sources: RFC 5891 (IDNA 2008) and UTS 46, by the idna package (read 2026-11-22). What looks alike is
told by the skeletons of ``rules.naming``.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

import idna

from bandstand.kernel.errors import BadInputError
from bandstand.rights.rules.naming import skeleton

NAME_MAX: Final = 253
LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LABELS_MIN: Final = 2
NOT_PUBLIC: Final = frozenset(
    {"local", "localhost", "internal", "intranet", "lan", "home", "onion"}
)
"""Last labels that no public name has. Source: RFC 6761, RFC 6762 and RFC 7686 (2026-11-22)."""
EAST_ASIAN: Final = frozenset({"HIRAGANA", "KATAKANA", "CJK", "HANGUL"})


class DomainNameError(BadInputError):
    """A text that is no domain a brand could publish on."""

    code = "domain_name"


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that a domain might be mistaken for, and whether it is the asker's own."""

    name: str
    whose: str
    is_own: bool


def normal_domain(text: str) -> str:
    """
    Return a domain in its one written form: lower-case ASCII, no trailing dot, no port, no path.

    Raises: DomainNameError saying what is wrong.
    """
    written = text.strip().rstrip(".")
    if not written:
        raise DomainNameError("Type a domain, such as brand.example.")
    if any(mark in written for mark in "/:@?# \t\\"):
        raise DomainNameError(
            f"“{written}” is more than a domain. Write only the name, such as brand.example."
        )
    _require_name(written)
    try:
        ascii_form = idna.encode(written, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as wrong:
        raise DomainNameError(f"“{written}” is not a domain name: {wrong}.") from wrong
    labels = ascii_form.split(".")
    if len(ascii_form) > NAME_MAX or not all(LABEL.fullmatch(label) for label in labels):
        raise DomainNameError(f"“{written}” is not a domain name: a part of it is malformed.")
    if len(labels) < LABELS_MIN or labels[-1] in NOT_PUBLIC:
        raise DomainNameError(f"“{written}” is not a public domain; such as brand.example is.")
    return ascii_form


def shown_domain(domain: str) -> str:
    """Return a domain as people write it, with its ASCII form beside it where they differ."""
    written = unicode_domain(domain)
    return domain if written == domain else f"{written} ({domain})"


def is_within(host: str, domain: str) -> bool:
    """Say whether a host is a domain or lies below it; ``evilbrand.example`` is not."""
    return host == domain or host.endswith("." + domain)


def look_alike(domain: str, *, known: Iterable[KnownName]) -> str:
    """
    Return whose name a domain resembles without being it; empty if nobody's.

    Every part of the domain counts, and every part of it between hyphens. A brand's own name,
    letter for letter, is no look-alike; another's is, however it is spelled.
    """
    parts = _parts(unicode_domain(domain))
    for part in parts:
        if len(_scripts(part)) > 1:
            return "a name written in more than one script"
    shapes = {skeleton(part): part for part in parts}
    for one in known:
        resembling = shapes.get(skeleton(one.name), "")
        if resembling and not (one.is_own and _is_spelled(resembling, one.name)):
            return one.whose
    return ""


def _require_name(written: str) -> None:
    try:
        ip_address(written.strip("[]"))
    except ValueError:
        return
    raise DomainNameError(f"“{written}” is an address, not a domain.")


def unicode_domain(domain: str) -> str:
    """Return a domain as people write it."""
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def _parts(written: str) -> tuple[str, ...]:
    labels = written.split(".")[:-1]
    return tuple(dict.fromkeys(part for one in labels for part in (one, *one.split("-")) if part))


def _is_spelled(part: str, name: str) -> bool:
    return part.replace("-", "").casefold() == re.sub(r"[\s._-]", "", name).casefold()


def _scripts(part: str) -> frozenset[str]:
    # The first word of a letter's Unicode name is its script, for every script that has look-alikes
    # of Latin. Han with kana is one Japanese text.
    found = {unicodedata.name(letter, "").split(" ")[0] for letter in part if letter.isalpha()}
    return frozenset(found - EAST_ASIAN)
