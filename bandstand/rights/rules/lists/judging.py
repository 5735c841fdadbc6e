"""
Whether a fetched list may be believed, after everything that was seen of it before.

The sequence only rises: a lower number is an old copy, and the same number with other bytes is a
second truth; neither changes anything. A revocation sticks: a later list authorises the seller
anew only by an entry whose ``valid_from`` is after the revocation.

Source: the anti-rollback and revocation precedence of AdCP adagents.json (read 2026-11-22), where a
revocation must be remembered for seven days; here it is remembered for good.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from bandstand.rights.rules.lists.domains import is_within, shown_domain
from bandstand.rights.rules.lists.words import (
    ISSUED_SKEW,
    AuthorisedList,
    ListedSeller,
    ListFaultCode,
    ReadList,
)


@dataclass(frozen=True, slots=True)
class ListState:
    """What is remembered of a list: its highest number, the bytes of that, and revocations."""

    domain: str
    last_sequence: int | None = None
    last_sha256: str = ""
    last_issued_at: datetime | None = None
    revoked: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Believed:
    """The list counts. ``standing`` are the entries that no revocation strikes out."""

    document: AuthorisedList
    standing: tuple[ListedSeller, ...]
    struck: tuple[ListedSeller, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class NotBelieved:
    """The list does not count, and nothing changes by it."""

    code: ListFaultCode
    text: str


def judge_list(
    read: ReadList, *, state: ListState, final_url: str, sha256: str, fetched_at: datetime
) -> Believed | NotBelieved:
    """Say whether what was fetched is the brand's list, and what of it stands."""
    if read.document is None:
        return NotBelieved(ListFaultCode.LIST_MALFORMED, _malformed(read))
    document = read.document
    fault = (
        _wrong_place(document, state=state, final_url=final_url)
        or _wrong_time(document, state=state, fetched_at=fetched_at)
        or _rolled_back(document, state=state, sha256=sha256)
    )
    if fault is not None:
        return fault
    revoked = strongest(
        [*state.revoked.items(), *((gone.key, gone.revoked_at) for gone in document.revoked)]
    )
    standing = tuple(one for one in document.sellers if stands(one, revoked=revoked))
    struck = tuple(one for one in document.sellers if not stands(one, revoked=revoked))
    return Believed(document, standing, struck, is_new=document.sequence != state.last_sequence)


def stands(entry: ListedSeller, *, revoked: Mapping[str, datetime]) -> bool:
    """Say whether an entry counts despite the revocations: it was dated after them on purpose."""
    at = revoked.get(entry.key)
    return at is None or (entry.valid_from is not None and entry.valid_from > at)


def strongest(revocations: Iterable[tuple[str, datetime]]) -> dict[str, datetime]:
    """Return the latest revocation of each seller."""
    latest: dict[str, datetime] = {}
    for key, at in revocations:
        latest[key] = max(at, latest.get(key, at))
    return latest


def _malformed(read: ReadList) -> str:
    first, more = read.errors[0], len(read.errors) - 1
    others = f" and {more} more" if more else ""
    return f"{first.path} {first.text[:300]}{others}"


def _wrong_place(
    document: AuthorisedList, *, state: ListState, final_url: str
) -> NotBelieved | None:
    scheme, _, rest = final_url.partition("://")
    host = rest.partition("/")[0].partition(":")[0]
    if scheme != "https":
        return NotBelieved(ListFaultCode.LIST_NOT_HTTPS, "it was not served over HTTPS.")
    if not is_within(host, state.domain):
        return NotBelieved(
            ListFaultCode.LIST_CROSS_DOMAIN_REDIRECT,
            f"it was served by {shown_domain(host)}, outside {shown_domain(state.domain)}.",
        )
    if document.domain != state.domain:
        return NotBelieved(
            ListFaultCode.LIST_DOMAIN_NOT_BRAND,
            f"it says it is the list of {shown_domain(document.domain)}, and was found at "
            f"{shown_domain(state.domain)}.",
        )
    return None


def _wrong_time(
    document: AuthorisedList, *, state: ListState, fetched_at: datetime
) -> NotBelieved | None:
    if document.issued_at > fetched_at + ISSUED_SKEW:
        return NotBelieved(
            ListFaultCode.LIST_MALFORMED,
            f"$.issued_at is {document.issued_at:%Y-%m-%dT%H:%M:%SZ}, which is still to come.",
        )
    last = state.last_issued_at
    if last is not None and document.issued_at < last and _is_higher(document, state):
        return NotBelieved(
            ListFaultCode.LIST_ROLLBACK,
            f"number {document.sequence} says it was issued before number {state.last_sequence}.",
        )
    return None


def _rolled_back(document: AuthorisedList, *, state: ListState, sha256: str) -> NotBelieved | None:
    last = state.last_sequence
    if last is None or document.sequence > last:
        return None
    if document.sequence < last:
        return NotBelieved(
            ListFaultCode.LIST_ROLLBACK,
            f"it has number {document.sequence} and number {last} was seen before.",
        )
    if sha256 != state.last_sha256:
        return NotBelieved(
            ListFaultCode.LIST_ROLLBACK,
            f"it has number {last} like the one seen before, and other contents.",
        )
    return None


def _is_higher(document: AuthorisedList, state: ListState) -> bool:
    return state.last_sequence is not None and document.sequence > state.last_sequence
