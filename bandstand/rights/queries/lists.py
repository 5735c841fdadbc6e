"""Reads of brands' domains and published lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from bandstand.kernel.errors import NotFoundError
from bandstand.parties.models import Party
from bandstand.rights.models import (
    BrandDomain,
    ListClaim,
    ListedGrant,
    ListSnapshot,
    ListSource,
    PartyDomain,
)
from bandstand.rights.rules.lists.asks import DomainAsk, ask_of
from bandstand.rights.rules.lists.texts import ListFault, cure_of
from bandstand.rights.rules.lists.words import DomainMethod, DomainState, ListFaultCode

SNAPSHOTS_SHOWN: Final = 20
STAFF: Final = DomainMethod.STAFF.value


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainRow:
    """A domain of a brand, with what must be published to show that it is the brand's own."""

    id: UUID
    brand_id: UUID
    brand_name: str
    domain: str
    state: DomainState
    method: str
    challenge: str
    asked_at: datetime
    asked_by: str
    checked_at: datetime | None
    verified_at: datetime | None
    failing_since: datetime | None
    last_fault: str
    looks_like: str
    proved_at: datetime | None

    @property
    def ask(self) -> DomainAsk:
        """What must be published there."""
        return ask_of(self.domain, challenge=self.challenge)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRow:
    """Where a brand publishes its list, and how the last reading went."""

    id: UUID
    brand_id: UUID
    brand_name: str
    domain: str
    url: str
    last_sequence: int | None
    last_good_at: datetime | None
    last_tried_at: datetime | None
    failing_since: datetime | None
    last_fault: str
    last_fault_text: str
    listed: int
    claims: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotRow:
    """One reading of a list that was kept."""

    id: UUID
    sequence: int | None
    fetched_at: datetime
    final_url: str
    sha256: str
    size: int
    accepted: bool
    fault: str
    fault_text: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimRow:
    """A seller that the list names and that no grant was recorded for."""

    seller_key: str
    name: str
    why: str
    first_seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRow:
    """A grant that rests on the list now."""

    seller_key: str
    seller_name: str
    grant_id: UUID
    first_seen_at: datetime
    from_at: datetime
    until_at: datetime
    checked_at: datetime | None


def list_faults(*, brand_ids: Iterable[UUID], seller_id: UUID) -> tuple[ListFault, ...]:
    """
    Return what is wrong with the published lists of brands, as it concerns a seller.

    A fault is a near miss: it says why a list that might authorise the seller does not count now.
    """
    keys = list(brand_ids)
    faults = [
        *_source_faults(keys),
        *_lost_domains(keys),
        *_unproven(keys, seller_id=seller_id),
    ]
    return tuple(sorted(faults, key=lambda one: (one.code, one.text)))


def _source_faults(brand_ids: list[UUID]) -> Iterator[ListFault]:
    failing = ListSource.objects.filter(brand__in=brand_ids, domain__lost_at=None)
    for source in failing.exclude(last_fault="").select_related("brand", "domain"):
        code = ListFaultCode(source.last_fault)
        yield ListFault(
            code.value,
            f"The list of {source.brand.name} is not believed: {source.last_fault_text}",
            cure_of(code, brand=source.brand.name, domain=source.domain.domain),
            source.failing_since or source.last_tried_at or source.domain.asked_at,
        )


def _lost_domains(brand_ids: list[UUID]) -> Iterator[ListFault]:
    code = ListFaultCode.LIST_DOMAIN_NOT_BRAND
    lost = BrandDomain.objects.filter(brand__in=brand_ids, lost_at__isnull=False)
    for domain in lost.select_related("brand"):
        assert domain.lost_at is not None  # noqa: S101 -- the filter above
        yield ListFault(
            code.value,
            f"{domain.domain} no longer shows that it is {domain.brand.name}'s own, so its list "
            "does not count.",
            cure_of(code, brand=domain.brand.name, domain=domain.domain),
            domain.lost_at,
        )


def _unproven(brand_ids: list[UUID], *, seller_id: UUID) -> Iterator[ListFault]:
    code = ListFaultCode.LIST_SELLER_UNPROVEN
    claims = ListClaim.objects.filter(
        source__brand__in=brand_ids, removed_at=None, seller_key__in=_likely_keys(seller_id)
    )
    for claim in claims.select_related("source__brand", "source__domain"):
        brand, domain = claim.source.brand.name, claim.seller_key.partition(":")[2]
        yield ListFault(
            code.value,
            f"The list of {brand} names {domain}, and nobody has shown here that {domain} is "
            "this seller's.",
            cure_of(code, brand=brand, domain=claim.source.domain.domain),
            claim.first_seen_at,
        )


def _likely_keys(seller_id: UUID) -> list[str]:
    """Name the domains that the seller seems to have: those it asked for, and its e-mail's."""
    asked = PartyDomain.objects.filter(party=seller_id).values_list("domain", flat=True)
    mail = Party.objects.filter(pk=seller_id).values_list("email", flat=True).first() or ""
    names = {*asked, mail.rpartition("@")[2].lower()} - {""}
    return [f"domain:{name}" for name in sorted(names)]


def domain_state(row: BrandDomain) -> DomainState:
    """Return where a domain stands."""
    if row.refused_at is not None:
        return DomainState.REFUSED
    if row.lost_at is not None:
        return DomainState.LOST
    if row.verified_at is not None:
        return DomainState.FAILING if row.failing_since else DomainState.VERIFIED
    if row.looks_like and row.reviewed_at is None:
        return DomainState.IN_REVIEW
    return DomainState.ASKED


def party_domain_state(row: PartyDomain) -> DomainState:
    """Return where a seller's domain stands."""
    if row.lost_at is not None:
        return DomainState.LOST
    if row.verified_at is None:
        return DomainState.ASKED
    return DomainState.FAILING if row.failing_since else DomainState.VERIFIED


def domains_of(brand_ids: Iterable[UUID]) -> list[DomainRow]:
    """Return the domains that were asked for brands, by name."""
    rows = BrandDomain.objects.filter(brand__in=list(brand_ids)).select_related("brand")
    return [_domain_row(one) for one in rows.order_by("domain", "brand__name")]


def domain_row(domain_id: UUID, *, brand_ids: Iterable[UUID]) -> DomainRow:
    """
    Return one domain of some brands.

    Raises: NotFoundError, alike for a domain of another brand and one that is not there.
    """
    row = BrandDomain.objects.filter(pk=domain_id, brand__in=list(brand_ids)).first()
    if row is None:
        raise NotFoundError("There is no such domain among your brands.")
    return _domain_row(row)


def seller_domains(party_id: UUID) -> list[DomainRow]:
    """Return the domains that a seller says are its own, by name."""
    rows = PartyDomain.objects.filter(party=party_id).select_related("party").order_by("domain")
    return [
        DomainRow(
            id=one.id,
            brand_id=one.party_id,
            brand_name=one.party.trading_name,
            domain=one.domain,
            state=party_domain_state(one),
            method=one.method,
            challenge=one.challenge,
            asked_at=one.asked_at,
            asked_by=one.asked_by,
            checked_at=one.checked_at,
            verified_at=one.verified_at,
            failing_since=one.failing_since,
            last_fault=one.last_fault,
            looks_like="",
            proved_at=None,
        )
        for one in rows
    ]


def domains_in_review() -> list[DomainRow]:
    """Return the domains that look like another's name and wait for a person, oldest first."""
    waiting = BrandDomain.objects.filter(
        verified_at=None, reviewed_at=None, refused_at=None
    ).exclude(looks_like="")
    return [_domain_row(one) for one in waiting.select_related("brand").order_by("asked_at", "id")]


def sources_of(brand_ids: Iterable[UUID]) -> list[SourceRow]:
    """Return where brands publish their lists."""
    rows = ListSource.objects.filter(brand__in=list(brand_ids)).select_related("brand", "domain")
    return [_source_row(one) for one in rows.order_by("url", "brand__name")]


def source_row(source_id: UUID, *, brand_ids: Iterable[UUID]) -> SourceRow:
    """
    Return one list of some brands.

    Raises: NotFoundError, alike for a list of another brand and one that is not there.
    """
    row = ListSource.objects.filter(pk=source_id, brand__in=list(brand_ids)).first()
    if row is None:
        raise NotFoundError("There is no such list among your brands.")
    return _source_row(row)


def due_sources(*, before: datetime) -> list[UUID]:
    """Return the lists of standing domains that were not tried since an instant."""
    due = ListSource.objects.filter(
        Q(last_tried_at=None) | Q(last_tried_at__lte=before),
        domain__verified_at__isnull=False,
        domain__lost_at=None,
    )
    return list(due.order_by("id").values_list("id", flat=True))


def due_domains(*, before: datetime) -> list[UUID]:
    """Return brands' domains that stand by their own proof and were not looked at since."""
    due = BrandDomain.objects.filter(
        verified_at__isnull=False, lost_at=None, checked_at__lte=before
    )
    # What staff vouched for has no record to look for.
    return list(due.exclude(method=STAFF).order_by("id").values_list("id", flat=True))


def due_party_domains(*, before: datetime) -> list[UUID]:
    """Return sellers' domains that stand by their own proof and were not looked at since."""
    due = PartyDomain.objects.filter(
        verified_at__isnull=False, lost_at=None, checked_at__lte=before
    )
    return list(due.exclude(method=STAFF).order_by("id").values_list("id", flat=True))


def snapshots_of(source_id: UUID) -> list[SnapshotRow]:
    """Return the last readings of a list that were kept, newest first."""
    rows = ListSnapshot.objects.filter(source=source_id).order_by("-fetched_at", "-id")
    return [_snapshot_row(one) for one in rows[:SNAPSHOTS_SHOWN]]


def last_believed(source_id: UUID) -> bytes | None:
    """Return the bytes of the last list that was believed."""
    row = ListSnapshot.objects.filter(source=source_id, accepted=True)
    newest = row.order_by("-fetched_at", "-id").first()
    return bytes(newest.body) if newest else None


def claims_of(source_id: UUID) -> list[ClaimRow]:
    """Return the sellers that a list names without a grant having been recorded, by name."""
    rows = ListClaim.objects.filter(source=source_id, removed_at=None).order_by("seller_key")
    return [
        ClaimRow(
            seller_key=one.seller_key, name=one.name, why=one.why, first_seen_at=one.first_seen_at
        )
        for one in rows
    ]


def listed_of(source_id: UUID) -> list[ListedRow]:
    """Return the grants that rest on a list now, by seller."""
    rows = ListedGrant.objects.filter(source=source_id, removed_at=None)
    return [
        ListedRow(
            seller_key=one.seller_key,
            seller_name=one.grant.grantee.trading_name,
            grant_id=one.grant_id,
            first_seen_at=one.first_seen_at,
            from_at=one.grant.from_at,
            until_at=one.grant.until_at,
            checked_at=one.grant.status_checked_at,
        )
        for one in rows.select_related("grant__grantee").order_by("seller_key", "id")
    ]


def _domain_row(row: BrandDomain) -> DomainRow:
    return DomainRow(
        id=row.id,
        brand_id=row.brand_id,
        brand_name=row.brand.name,
        domain=row.domain,
        state=domain_state(row),
        method=row.method,
        challenge=row.challenge,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        checked_at=row.checked_at,
        verified_at=row.verified_at,
        failing_since=row.failing_since,
        last_fault=row.last_fault,
        looks_like=row.looks_like,
        proved_at=row.proved_at,
    )


def _source_row(row: ListSource) -> SourceRow:
    return SourceRow(
        id=row.id,
        brand_id=row.brand_id,
        brand_name=row.brand.name,
        domain=row.domain.domain,
        url=row.url,
        last_sequence=row.last_sequence,
        last_good_at=row.last_good_at,
        last_tried_at=row.last_tried_at,
        failing_since=row.failing_since,
        last_fault=row.last_fault,
        last_fault_text=row.last_fault_text,
        listed=row.listed.filter(removed_at=None).count(),
        claims=row.claims.filter(removed_at=None).count(),
    )


def _snapshot_row(row: ListSnapshot) -> SnapshotRow:
    return SnapshotRow(
        id=row.id,
        sequence=row.sequence,
        fetched_at=row.fetched_at,
        final_url=row.final_url,
        sha256=row.sha256,
        size=len(row.body),
        accepted=row.accepted,
        fault=row.fault,
        fault_text=row.fault_text,
        body=bytes(row.body),
    )
