"""
Asking the issuers of credentials whether these still stand.

Lists are fetched outside every transaction. A list that cannot be had, or is not good, changes
nothing: the last good answer grows older, and decisions end when it is too old. What a good list
says is done grant by grant, each in its own transaction, so that no two take anchors crosswise.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, Q

from bandstand.kernel.errors import DomainError, UnavailableError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing import audit
from bandstand.rights.models import Credential, CredentialStatus, Grant, StatusListSnapshot
from bandstand.rights.queries import credentials as reads, keys
from bandstand.rights.rules.credentials import (
    CredentialFaultError,
    FaultCode,
    StatusEntry,
    StatusList,
    StatusPurpose,
    open_envelope,
    read_status_list,
)
from bandstand.rights.rules.credentials.statuses import LIST_COMPACT_MAX
from bandstand.rights.services.record import revoke_grant

PER_HOST: Final = 20
"""Lists asked of one host in one sweep; the rest waits for the next, the longest unasked first."""
FRESH_FOR: Final = timedelta(minutes=50)
HOSTED_FRESH_FOR: Final = timedelta(hours=6)
OK: Final = 200
FAULT_MAX: Final = 500
ACTOR: Final = "status list"
SUSPENDED: Final = "The issuer has suspended the credential."
SUSPENDED_CURE: Final = "The issuer takes the suspension back."


class UnavailableListError(UnavailableError):
    """A status list that its host did not give."""

    code = "status_list_unavailable"


class FetchedBody(Protocol):
    """What a fetch brings."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def fetched_at(self) -> datetime: ...


Fetch = Callable[[str], FetchedBody]


@dataclass(slots=True)
class StatusReport:
    """What a sweep did."""

    asked: int = 0
    confirmed: int = 0
    revoked: list[UUID] = field(default_factory=list)
    suspended: list[UUID] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def refresh_statuses(
    *, fetch: Fetch, now: datetime, credential_id: UUID | None = None
) -> StatusReport:
    """
    Ask for every status list that is due, and do what they say. Idempotent.

    With a credential named, only its lists are asked, due or not.
    """
    report = StatusReport()
    report.confirmed += _confirm_hosted(now)
    for url in _due(now=now, credential_id=credential_id):
        report.asked += 1
        _ask(url, fetch=fetch, now=now, report=report)
    return report


def _due(*, now: datetime, credential_id: UUID | None) -> list[str]:
    # Stock that is sold off after the end still rests on the grant, so its status still counts.
    entries = CredentialStatus.objects.filter(
        Q(credential__grant__until_at__gt=now) | Q(credential__grant__sell_off_until__gt=now),
        credential__key__isnull=False,
        credential__grant__revoked_at=None,
    )
    if credential_id is not None:
        entries = entries.filter(credential=credential_id)
    urls = {url for url in entries.values_list("url", flat=True) if not reads.is_hosted(url)}
    last = dict(
        StatusListSnapshot.objects.filter(url__in=urls)
        .values_list("url")
        .annotate(last=Max("fetched_at"))
    )
    if credential_id is None:
        urls = {url for url in urls if url not in last or last[url] <= now - FRESH_FOR}
    return _politely(sorted(urls, key=lambda url: (url in last, last.get(url, now), url)))


def _politely(urls: Iterable[str]) -> list[str]:
    asked = Counter[str]()
    chosen = []
    for url in urls:
        host = urlsplit(url).hostname or ""
        asked[host] += 1
        if asked[host] <= PER_HOST:
            chosen.append(url)
    return chosen


def _ask(url: str, *, fetch: Fetch, now: datetime, report: StatusReport) -> None:
    entries = list(
        CredentialStatus.objects.filter(
            url=url, credential__key__isnull=False, credential__grant__revoked_at=None
        ).select_related("credential__grant")
    )
    try:
        fetched = fetch(url)
        _require_ok(fetched.status)
        lists = _read(fetched.body, url=url, entries=entries, at=fetched.fetched_at)
    except DomainError as refused:
        report.faults.append(f"{url}: {refused.message}")
        _keep(url, fetched_at=now, fault=refused.message)
        return
    until = min(one.valid_until for one in lists.values())
    confirmed = _apply(entries, lists=lists, now=now, report=report)
    with transaction.atomic():
        _keep(url, fetched_at=fetched.fetched_at, body=fetched.body, valid_until=until)
        report.confirmed += _confirm(confirmed)


def _require_ok(status: int) -> None:
    if status != OK:
        raise UnavailableListError(f"The host answered {status} instead of 200.", status=status)


def _read(
    body: bytes, *, url: str, entries: Iterable[CredentialStatus], at: datetime
) -> dict[str, StatusList]:
    """Return the list as each issuer of the credentials on it must have signed it."""
    try:
        compact = body.decode("ascii").strip()
    except UnicodeDecodeError as wrong:
        raise UnavailableListError("What the host sent is not a signed list.") from wrong
    kid = open_envelope(compact, limit=LIST_COMPACT_MAX).header.kid
    facts = keys.key_facts(kid)
    return {
        issuer: read_status_list(compact, url=url, issuer=issuer, keys=facts, at=at)
        for issuer in sorted({one.credential.issuer for one in entries})
    }


def _apply(
    entries: Iterable[CredentialStatus],
    *,
    lists: dict[str, StatusList],
    now: datetime,
    report: StatusReport,
) -> list[UUID]:
    """Do what the list says of each credential; return those it has a good word for."""
    said = []
    for one in entries:
        entry = StatusEntry(one.url, one.index, StatusPurpose(one.purpose))
        try:
            is_set = lists[one.credential.issuer].is_set(entry)
        except CredentialFaultError as wrong:
            report.faults.append(wrong.fault.text)
            continue
        if one.purpose == StatusPurpose.SUSPENSION.value:
            _suspend(one.credential, is_set=is_set, now=now, report=report)
        elif is_set:
            _revoke(one, now=now, report=report)
            continue
        said.append(one.credential_id)
    return said


def _revoke(entry: CredentialStatus, *, now: datetime, report: StatusReport) -> None:
    assert entry.credential.grant_id is not None  # noqa: S101 -- asked for those with one
    revoke_grant(
        grant_id=entry.credential.grant_id,
        reason="The issuer's status list says so.",
        actor=f"{ACTOR} {entry.url}"[:200],
        now=now,
    )
    report.revoked.append(entry.credential.grant_id)


@transaction.atomic
def _suspend(credential: Credential, *, is_set: bool, now: datetime, report: StatusReport) -> None:
    if is_set == (credential.suspended_at is not None):
        return
    credential.suspended_at = now if is_set else None
    credential.fault = FaultCode.REVOKED.value if is_set else ""
    credential.fault_text = SUSPENDED if is_set else ""
    credential.fault_cure = SUSPENDED_CURE if is_set else ""
    credential.save(update_fields=["suspended_at", "fault", "fault_text", "fault_cure"])
    assert credential.grant_id is not None  # noqa: S101 -- asked for those with one
    audit.record(
        actor=ACTOR,
        action="rights.suspend" if is_set else "rights.resume",
        subject=print_id(IdKind.GRANT, credential.grant_id),
        now=now,
    )
    if is_set:
        report.suspended.append(credential.grant_id)


def _keep(
    url: str,
    *,
    fetched_at: datetime,
    body: bytes = b"",
    valid_until: datetime | None = None,
    fault: str = "",
) -> None:
    digest = sha256(body).hexdigest() if body else ""
    is_known = bool(body) and StatusListSnapshot.objects.filter(sha256=digest).exists()
    StatusListSnapshot.objects.create(
        url=url,
        sha256=digest,
        body=b"" if is_known else body,
        fetched_at=fetched_at,
        valid_until=valid_until,
        fault=fault[:FAULT_MAX],
    )


def _confirm(credential_ids: Iterable[UUID]) -> int:
    """Date each grant's status by the oldest of its credential's last good answers."""
    urls: dict[UUID, set[str]] = {}
    entries = CredentialStatus.objects.filter(credential__in=list(credential_ids))
    for key, url in entries.values_list("credential_id", "url"):
        if not reads.is_hosted(url):
            urls.setdefault(key, set()).add(url)
    good = dict(
        StatusListSnapshot.objects.filter(fault="", url__in={u for s in urls.values() for u in s})
        .values_list("url")
        .annotate(last=Max("fetched_at"))
    )
    dated: dict[datetime, list[UUID]] = {}
    for key, named in urls.items():
        asked = [good[url] for url in named if url in good]
        if len(asked) == len(named):
            dated.setdefault(min(asked), []).append(key)
    return sum(
        Grant.objects.filter(credential__in=ids, revoked_at=None).update(status_checked_at=at)
        for at, ids in sorted(dated.items())
    )


def _confirm_hosted(now: datetime) -> int:
    """Date the status of credentials whose lists are kept here: this database is the list."""
    hosted = reads.hosted_url("")
    found = (
        Credential.objects.filter(key__isnull=False, grant__revoked_at=None)
        .filter(
            Q(grant__status_checked_at=None)
            | Q(grant__status_checked_at__lte=now - HOSTED_FRESH_FOR)
        )
        .annotate(first=Min("statuses__url"), last=Max("statuses__url"))
        .filter(first__startswith=hosted, last__startswith=hosted)
    )
    grants = list(found.values_list("grant_id", flat=True))
    return Grant.objects.filter(pk__in=grants).update(status_checked_at=now) if grants else 0
