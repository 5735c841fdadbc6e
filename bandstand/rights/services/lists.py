"""
Lists: fetched, judged against everything seen before, and turned into grants.

A reading that is not believed changes no grant and confirms none, so a list that stays away lets
its grants go stale: the decision refuses after the policy's greatest age of a status.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing import audit, letters
from bandstand.rights.fetching import Fetched, FetchFault, FetchLimits, fetch
from bandstand.rights.models import ListRevocation, ListSnapshot, ListSource
from bandstand.rights.queries.list_words import list_words
from bandstand.rights.rules.lists import (
    Believed,
    ListFaultCode,
    ListState,
    NotBelieved,
    cure_of,
    judge_list,
    parse_list,
    shown_domain,
    strongest,
)
from bandstand.rights.services.domains import DomainRefusedError
from bandstand.rights.services.list_grants import (
    ACTOR,
    remember_revocations,
    settle_grants,
    settle_statements,
)

FETCH_CODES: Final = {
    "not_https": ListFaultCode.LIST_NOT_HTTPS,
    "cross_domain_redirect": ListFaultCode.LIST_CROSS_DOMAIN_REDIRECT,
    "too_large": ListFaultCode.LIST_MALFORMED,
    "wrong_type": ListFaultCode.LIST_MALFORMED,
}
"""Which fault of a fetch is which fault of a list; every other one means it cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOutcome:
    """What a reading led to. ``alert`` is the code of the fault, if the reading is not believed."""

    listed: tuple[str, ...]
    parties: tuple[UUID, ...]
    revoked: tuple[str, ...] = ()
    alert: str = ""
    text: str = ""
    sequence: int | None = None


def fetch_list(*, source_id: UUID, now: datetime) -> ListOutcome:
    """
    Read a brand's list and take it for what it is worth. Call it outside any transaction.

    Raises: NotFoundError, DomainRefusedError if the domain is not shown to be the brand's.
    """
    source = ListSource.objects.select_related("domain").filter(pk=source_id).first()
    if source is None:
        raise NotFoundError("There is no such list.")
    _require_standing(source)
    try:
        fetched = fetch(source.url, now=now, limits=FetchLimits(within=source.domain.domain))
    except FetchFault as fault:
        return note_fault(source_id=source_id, fault=fault, now=now)
    return take_list(source_id=source_id, fetched=fetched, now=now)


@transaction.atomic
def take_list(*, source_id: UUID, fetched: Fetched, now: datetime) -> ListOutcome:
    """
    Judge what was fetched and bring grants, statements and claims into line with it.

    Raises: NotFoundError, DomainRefusedError if the domain is not shown to be the brand's.
    Lock: the list's row, then rows and anchors of the grants it changes.
    """
    source = _locked(source_id)
    _require_standing(source)
    state = _state(source)
    judged = judge_list(
        parse_list(fetched.body),
        state=state,
        final_url=fetched.final_url,
        sha256=fetched.sha256,
        fetched_at=fetched.fetched_at,
    )
    if isinstance(judged, NotBelieved):
        return _not_believed(source, judged, fetched=fetched, now=now)
    return _believed(source, judged, fetched=fetched, now=now)


@transaction.atomic
def note_fault(*, source_id: UUID, fault: FetchFault, now: datetime) -> ListOutcome:
    """
    Note that a list could not be read.

    Raises: NotFoundError.
    Lock: the list's row.
    """
    source = _locked(source_id)
    code = FETCH_CODES.get(fault.code, ListFaultCode.LIST_UNREACHABLE)
    return _not_believed(source, NotBelieved(code, fault.message), fetched=None, now=now)


@transaction.atomic
def restart_source(*, source_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Forget the highest number of a list, so that the brand may count anew after a break-in.

    Revocations stay, and so do grants until the next list is read.

    Raises: NotFoundError, DomainRefusedError if no reason is given.
    Lock: the list's row.
    """
    if not reason.strip():
        raise DomainRefusedError("Say why; the record keeps it.")
    source = _locked(source_id)
    forgotten = source.last_sequence
    source.last_sequence, source.last_sha256, source.last_issued_at = None, "", None
    source.save(update_fields=["last_sequence", "last_sha256", "last_issued_at"])
    _note(source, "rights.list_restarted", actor=actor, now=now, reason=reason, forgot=forgotten)


def _believed(
    source: ListSource, judged: Believed, *, fetched: Fetched, now: datetime
) -> ListOutcome:
    document, words = judged.document, list_words(source.brand_id)
    if judged.is_new:
        _keep(source, fetched, sequence=document.sequence)
        remember_revocations(source, document, now=now)
    revoked = settle_grants(source, judged, words=words, fetched_at=fetched.fetched_at, now=now)
    settle_statements(source, document, words=words, now=now)
    source.last_sequence, source.last_sha256 = document.sequence, fetched.sha256
    source.last_issued_at = document.issued_at
    source.last_good_at = max(fetched.fetched_at, source.last_good_at or fetched.fetched_at)
    source.last_tried_at = now
    source.failing_since, source.last_fault, source.last_fault_text = None, "", ""
    source.save(update_fields=_READ)
    if judged.is_new:
        _note(source, "rights.list_taken", actor=ACTOR, now=now, sequence=document.sequence)
    return _outcome(source, revoked=revoked)


def _not_believed(
    source: ListSource, judged: NotBelieved, *, fetched: Fetched | None, now: datetime
) -> ListOutcome:
    is_new = source.last_fault != judged.code.value or source.last_fault_text != judged.text
    source.failing_since = source.failing_since or now
    source.last_tried_at = now
    source.last_fault, source.last_fault_text = judged.code.value, judged.text
    source.save(update_fields=_READ)
    if is_new:
        if fetched is not None:
            _keep(source, fetched, fault=judged)
        _note(source, "rights.list_not_believed", actor=ACTOR, now=now, code=judged.code.value)
        _write_alert(source, judged, now=now)
    return _outcome(source, judged=judged)


_READ: Final = [
    "last_sequence", "last_sha256", "last_issued_at", "last_good_at", "last_tried_at",
    "failing_since", "last_fault", "last_fault_text",
]  # fmt: skip


def _outcome(
    source: ListSource, *, revoked: tuple[str, ...] = (), judged: NotBelieved | None = None
) -> ListOutcome:
    rows = source.listed.filter(removed_at=None).order_by("seller_key", "id")
    pairs = list(rows.values_list("seller_key", "grant__grantee_id"))
    return ListOutcome(
        listed=tuple(dict.fromkeys(key for key, _ in pairs)),
        parties=tuple(dict.fromkeys(party for _, party in pairs)),
        revoked=revoked,
        alert=judged.code.value if judged else "",
        text=judged.text if judged else "",
        sequence=source.last_sequence,
    )


def _locked(source_id: UUID) -> ListSource:
    source = (
        ListSource.objects.select_for_update(of=("self",))
        .select_related("domain", "brand")
        .filter(pk=source_id)
        .first()
    )
    if source is None:
        raise NotFoundError("There is no such list.")
    return source


def _require_standing(source: ListSource) -> None:
    domain = source.domain
    if domain.verified_at is None or domain.lost_at is not None:
        raise DomainRefusedError(
            f"{shown_domain(domain.domain)} is not shown to be the brand's own, so no list is read "
            "there.",
            domain=domain.domain,
        )


def _state(source: ListSource) -> ListState:
    kept = ListRevocation.objects.filter(source=source).values_list("seller_key", "revoked_at")
    return ListState(
        domain=source.domain.domain,
        last_sequence=source.last_sequence,
        last_sha256=source.last_sha256,
        last_issued_at=source.last_issued_at,
        revoked=strongest(kept),
    )


def _keep(
    source: ListSource,
    fetched: Fetched,
    *,
    sequence: int | None = None,
    fault: NotBelieved | None = None,
) -> None:
    ListSnapshot.objects.create(
        source=source,
        sequence=sequence,
        fetched_at=fetched.fetched_at,
        final_url=fetched.final_url,
        body=fetched.body,
        sha256=fetched.sha256,
        accepted=fault is None,
        fault=fault.code.value if fault else "",
        fault_text=fault.text if fault else "",
    )


def _write_alert(source: ListSource, judged: NotBelieved, *, now: datetime) -> None:
    owner = source.brand.owner
    if owner is None or not owner.email:
        return
    cure = cure_of(judged.code, brand=source.brand.name, domain=shown_domain(source.domain.domain))
    letters.write_letter(
        key=f"list:{source.id}:{judged.code.value}:{now:%Y%m%d%H}",
        kind="list_alert",
        to_address=owner.email,
        subject=f"Your list of authorised sellers is not believed ({judged.code.value})"[:200],
        body=(
            f"{source.url}: {judged.text}\n\nUntil it is mended, grants that rest on the list are "
            f"not confirmed, and sales under them stop within a day.\n\n{cure}"
        ),
        about=f"list:{source.domain.domain}"[:60],
        now=now,
    )


def _note(source: ListSource, action: str, *, actor: str, now: datetime, **detail: object) -> None:
    subject = f"list:{source.domain.domain}"[:60]
    audit.record(actor=actor, action=action, subject=subject, now=now, **detail)
