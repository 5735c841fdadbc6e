"""
Domains: asked for, shown to be somebody's own, looked at again, and lost.

A domain is shown to be a brand's by a TXT record or a file that holds a challenge. One that looks
like another's name is never believed on proof alone: whoever registered it can also prove it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue.models import Brand
from bandstand.catalogue.queries.models import brands_below
from bandstand.kernel.errors import NotFoundError, RefusedError
from bandstand.parties.models import Party
from bandstand.plumbing import audit, letters, locks
from bandstand.rights.models import BrandDomain, BrandName, ListSource, PartyDomain
from bandstand.rights.models.lists import ProvenDomain
from bandstand.rights.proving import Proof, look_for_proof
from bandstand.rights.queries.lists import domain_state, party_domain_state
from bandstand.rights.rules.lists import (
    DOMAIN_LOST_AFTER,
    WELL_KNOWN_LIST,
    DomainMethod,
    DomainState,
    KnownName,
    look_alike,
    normal_domain,
    shown_domain,
)
from bandstand.rights.rules.lists.asks import DomainAsk, ask_of

CHALLENGE_BYTES: Final = 24
SYSTEM: Final = "system:domains"


class DomainRefusedError(RefusedError):
    """Something that may not be done with a domain."""

    code = "domain_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDomain:
    """A domain that somebody says is theirs, and what they must publish there."""

    id: UUID
    domain: str
    challenge: str
    ask: DomainAsk
    looks_like: str = ""

    @property
    def txt_name(self) -> str:
        return self.ask.txt_name

    @property
    def txt_value(self) -> str:
        return self.ask.txt_value

    @property
    def file_url(self) -> str:
        return self.ask.file_url


@dataclass(frozen=True, slots=True)
class DomainCheck:
    """What a look at a domain found."""

    state: DomainState
    method: str
    fault: str


@transaction.atomic
def ask_domain(*, brand_id: UUID, domain: str, actor: str, now: datetime) -> AskedDomain:
    """
    Note that a brand says a domain is its own; return what it must publish there.

    Asking again returns the same challenge, so that a record once published stays good.

    Raises: DomainNameError, NotFoundError, DomainRefusedError if staff refused it before.
    Lock: the domain's name, so that two brands asking at once see each other.
    """
    name = normal_domain(domain)
    locks.lock(f"domain:{name}")
    row = BrandDomain.objects.filter(brand_id=brand_id, domain=name).first()
    if row is None:
        row = BrandDomain.objects.create(
            brand_id=_brand(brand_id).id,
            domain=name,
            challenge=secrets.token_urlsafe(CHALLENGE_BYTES),
            looks_like=_looks_like(name, brand_id=brand_id),
            asked_at=now,
            asked_by=actor,
        )
        _note("rights.domain_asked", row, actor=actor, now=now, looks_like=row.looks_like)
    if row.refused_at is not None:
        raise DomainRefusedError(
            f"{shown_domain(name)} was refused: {row.review_reason} Ask the operator.", domain=name
        )
    return _asked(row)


def check_domain(*, domain_id: UUID, now: datetime) -> DomainCheck:
    """
    Look for a brand's proof on its domain and note what was found. Call it outside a transaction.

    Raises: NotFoundError, DomainRefusedError.
    """
    row = BrandDomain.objects.filter(pk=domain_id).first()
    if row is None:
        raise NotFoundError("There is no such domain.")
    if row.refused_at is not None:
        raise DomainRefusedError(f"{shown_domain(row.domain)} was refused.", domain=row.domain)
    proof = look_for_proof(row.domain, challenge=row.challenge, now=now)
    return note_check(domain_id=domain_id, proof=proof, now=now)


@transaction.atomic
def note_check(*, domain_id: UUID, proof: Proof, now: datetime) -> DomainCheck:
    """
    Note what a look at a brand's domain found.

    Lock: the domain's row.
    """
    row = BrandDomain.objects.select_for_update().get(pk=domain_id)
    before = domain_state(row)
    if proof.method is not None:
        row.proved_at = row.proved_at or now
        # A mark that could be another's waits for a person, whatever it proves.
        _believe(row, proof.method, now=now, may_verify=not row.looks_like or bool(row.reviewed_at))
    else:
        _doubt(row, proof.fault, now=now)
    row.save(update_fields=[*_CHECKED, "proved_at"])
    _tell_change(row, before=before, now=now)
    return DomainCheck(domain_state(row), row.method, row.last_fault)


@transaction.atomic
def confirm_domain(*, domain_id: UUID, reason: str, actor: str, now: datetime) -> DomainState:
    """
    Let a domain that looks like another's count, once it is proved.

    Raises: NotFoundError, DomainRefusedError if no reason is given or nobody needs to decide.
    Lock: the domain's row.
    """
    row = _in_review(domain_id, reason=reason)
    row.reviewed_at, row.reviewed_by, row.review_reason = now, actor, reason.strip()
    if row.proved_at is not None and not row.last_fault:
        row.verified_at = now
    row.save(update_fields=["reviewed_at", "reviewed_by", "review_reason", "verified_at"])
    _open_source(row)
    _note("rights.domain_confirmed", row, actor=actor, now=now, reason=reason)
    return domain_state(row)


@transaction.atomic
def refuse_domain(*, domain_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Refuse a domain that looks like another's, for good.

    Raises: NotFoundError, DomainRefusedError if no reason is given or nobody needs to decide.
    Lock: the domain's row.
    """
    row = _in_review(domain_id, reason=reason)
    row.reviewed_at, row.reviewed_by, row.review_reason = now, actor, reason.strip()
    row.refused_at = now
    row.save(update_fields=["reviewed_at", "reviewed_by", "review_reason", "refused_at"])
    _note("rights.domain_refused", row, actor=actor, now=now, reason=reason)


@transaction.atomic
def record_domain(*, brand_id: UUID, domain: str, reason: str, actor: str, now: datetime) -> UUID:
    """
    Let staff vouch for a brand's domain without a record on it; return the domain's key.

    Raises: DomainNameError, NotFoundError, DomainRefusedError if no reason is given.
    """
    _require_reason(reason)
    asked = ask_domain(brand_id=brand_id, domain=domain, actor=actor, now=now)
    row = BrandDomain.objects.select_for_update().get(pk=asked.id)
    if row.verified_at is None or row.lost_at is not None:
        row.reviewed_at, row.reviewed_by, row.review_reason = now, actor, reason.strip()
        _believe(row, DomainMethod.STAFF, now=now, may_verify=True)
        row.save(update_fields=[*_CHECKED, "reviewed_at", "reviewed_by", "review_reason"])
        _open_source(row)
        _note("rights.domain_vouched", row, actor=actor, now=now, reason=reason)
    return row.id


@transaction.atomic
def ask_party_domain(*, party_id: UUID, domain: str, actor: str, now: datetime) -> AskedDomain:
    """
    Note that a seller says a domain is its own; return what it must publish there.

    Raises: DomainNameError, NotFoundError.
    """
    name = normal_domain(domain)
    if not Party.objects.filter(pk=party_id).exists():
        raise NotFoundError("There is no such party.")
    row, is_new = PartyDomain.objects.get_or_create(
        party_id=party_id,
        domain=name,
        defaults={
            "challenge": secrets.token_urlsafe(CHALLENGE_BYTES),
            "asked_at": now,
            "asked_by": actor,
        },
    )
    if is_new:
        _note("rights.domain_asked", row, actor=actor, now=now)
    return _asked(row)


def check_party_domain(*, domain_id: UUID, now: datetime) -> DomainCheck:
    """
    Look for a seller's proof on its domain and note what was found. Call it outside a transaction.

    Raises: NotFoundError.
    """
    row = PartyDomain.objects.filter(pk=domain_id).first()
    if row is None:
        raise NotFoundError("There is no such domain.")
    proof = look_for_proof(row.domain, challenge=row.challenge, now=now)
    return note_party_check(domain_id=domain_id, proof=proof, now=now)


@transaction.atomic
def note_party_check(*, domain_id: UUID, proof: Proof, now: datetime) -> DomainCheck:
    """
    Note what a look at a seller's domain found.

    Who proves a domain now has it; whoever had it before loses it.

    Lock: the domain's name, then its row.
    """
    found = PartyDomain.objects.get(pk=domain_id)
    locks.lock(f"domain:{found.domain}")
    row = PartyDomain.objects.select_for_update().get(pk=domain_id)
    if proof.method is not None:
        others = PartyDomain.objects.filter(domain=row.domain, lost_at=None).exclude(pk=row.pk)
        others.update(lost_at=now, last_fault="Another party has shown that the domain is its own.")
        _believe(row, proof.method, now=now, may_verify=True)
    else:
        _doubt(row, proof.fault, now=now)
    row.save(update_fields=_CHECKED)
    _note("rights.domain_checked", row, actor=SYSTEM, now=now, fault=row.last_fault)
    return DomainCheck(party_domain_state(row), row.method, row.last_fault)


@transaction.atomic
def record_party_domain(
    *, party_id: UUID, domain: str, reason: str, actor: str, now: datetime
) -> UUID:
    """
    Let staff vouch for a seller's domain without a record on it; return the domain's key.

    Raises: DomainNameError, NotFoundError, DomainRefusedError if no reason is given.
    """
    _require_reason(reason)
    asked = ask_party_domain(party_id=party_id, domain=domain, actor=actor, now=now)
    note_party_check(domain_id=asked.id, proof=Proof(DomainMethod.STAFF), now=now)
    return asked.id


_CHECKED: Final = [
    "method", "verified_at", "checked_at", "failing_since", "last_fault", "lost_at",
]  # fmt: skip


def _asked(row: ProvenDomain) -> AskedDomain:
    return AskedDomain(
        id=row.id,
        domain=row.domain,
        challenge=row.challenge,
        ask=ask_of(row.domain, challenge=row.challenge),
        looks_like=row.looks_like if isinstance(row, BrandDomain) else "",
    )


def _believe(row: ProvenDomain, method: DomainMethod, *, now: datetime, may_verify: bool) -> None:
    row.method, row.checked_at, row.last_fault = method.value, now, ""
    row.failing_since = row.lost_at = None
    if may_verify:
        row.verified_at = row.verified_at or now


def _doubt(row: ProvenDomain, fault: str, *, now: datetime) -> None:
    row.checked_at, row.last_fault = now, fault
    if row.verified_at is not None and row.lost_at is None:
        row.failing_since = row.failing_since or now
        if now - row.failing_since >= DOMAIN_LOST_AFTER:
            row.lost_at = now


def _tell_change(row: BrandDomain, *, before: DomainState, now: datetime) -> None:
    after = domain_state(row)
    if after is before:
        return
    _note("rights.domain_checked", row, actor=SYSTEM, now=now, state=after.value)
    _open_source(row)
    if after in {DomainState.FAILING, DomainState.LOST}:
        _write_alert(row, state=after, now=now)


def _open_source(row: BrandDomain) -> None:
    if row.verified_at is not None and row.lost_at is None:
        url = f"https://{row.domain}{WELL_KNOWN_LIST}"
        ListSource.objects.get_or_create(domain=row, defaults={"brand": row.brand, "url": url})


def _write_alert(row: BrandDomain, *, state: DomainState, now: datetime) -> None:
    owner = row.brand.owner
    if owner is None or not owner.email:
        return
    name = shown_domain(row.domain)
    what = {
        DomainState.FAILING: (
            f"The proof that {name} is {row.brand.name}'s own was not found: {row.last_fault}\n\n"
            f"Publish it again within {DOMAIN_LOST_AFTER.days} days, or the list there stops "
            "counting."
        ),
        DomainState.LOST: (
            f"{name} has not shown for {DOMAIN_LOST_AFTER.days} days that it is "
            f"{row.brand.name}'s own. Its list of authorised sellers no longer counts."
        ),
    }[state]
    letters.write_letter(
        key=f"domain:{row.id}:{state.value}:{now:%Y%m%d%H%M}",
        kind="domain_alert",
        to_address=owner.email,
        subject=f"{name}: the proof is missing",
        body=what,
        about=f"domain:{row.domain}"[:60],
        now=now,
    )


def _looks_like(name: str, *, brand_id: UUID) -> str:
    taken = (
        BrandDomain.objects.filter(domain=name, verified_at__isnull=False, lost_at=None)
        .exclude(brand__owner=_brand(brand_id).owner)
        .select_related("brand")
        .first()
    )
    if taken is not None:
        return f"the domain of {taken.brand.name}"
    return look_alike(name, known=_known_names(brand_id))[:300]


def _known_names(brand_id: UUID) -> list[KnownName]:
    family = brands_below([brand_id])
    found = []
    marks = BrandName.objects.values_list("brand_id", "text")
    for brand in Brand.objects.all():
        texts = {text for key, text in marks if key == brand.id}
        found += [
            KnownName(name, f"the brand {brand.name}", brand.id in family)
            for name in {brand.name, brand.slug, *brand.names, *texts}
        ]
    for other in BrandDomain.objects.filter(verified_at__isnull=False).exclude(brand__in=family):
        label = other.domain.split(".")[-2]
        found.append(KnownName(label, f"the domain {shown_domain(other.domain)}", is_own=False))
    return sorted(found, key=lambda one: (not one.is_own, one.name))


def _in_review(domain_id: UUID, *, reason: str) -> BrandDomain:
    _require_reason(reason)
    row = BrandDomain.objects.select_for_update().filter(pk=domain_id).first()
    if row is None:
        raise NotFoundError("There is no such domain.")
    if domain_state(row) is not DomainState.IN_REVIEW:
        raise DomainRefusedError(f"{shown_domain(row.domain)} waits for nobody's decision.")
    return row


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainRefusedError("Say why; the record keeps it.")


def _brand(brand_id: UUID) -> Brand:
    found = Brand.objects.filter(pk=brand_id).first()
    if found is None:
        raise NotFoundError(f"There is no brand {brand_id}.")
    return found


def _note(action: str, row: ProvenDomain, *, actor: str, now: datetime, **detail: str) -> None:
    audit.record(actor=actor, action=action, subject=f"domain:{row.domain}"[:60], now=now, **detail)
