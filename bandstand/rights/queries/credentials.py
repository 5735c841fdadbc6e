"""Reads of credentials: what was presented, what was issued, and what a hosted list says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from bandstand.catalogue.models import Brand, Category, DeviceModel
from bandstand.kernel.errors import NotFoundError
from bandstand.rights.models import Credential, CredentialStatus, Grant, StatusListSnapshot
from bandstand.rights.rules.credentials import StatusPurpose

HOSTED_PATH: Final = "/rights/status/"


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialRow:
    """A credential as it was presented, and what is wrong with its proof."""

    id: UUID
    grant_id: UUID | None
    compact: str
    sha256: str
    claims_id: str
    issuer: str
    kid: str
    presented_by: str
    presented_at: datetime
    fault: str
    fault_text: str
    fault_cure: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedGrant:
    """A grant that a credential proves: what it permits, by names, and whether it counts."""

    id: UUID
    grantee_id: UUID
    grantee_name: str
    issuer_name: str
    brand_ids: tuple[UUID, ...]
    brands: tuple[str, ...]
    categories: tuple[str, ...]
    models: tuple[str, ...]
    markets: tuple[str, ...]
    conditions: tuple[str, ...]
    from_at: datetime
    until_at: datetime
    sell_off_until: datetime | None
    delegate_depth: int
    sub_grants: int
    status_checked_at: datetime | None
    revoked_at: datetime | None
    revoke_reason: str
    fault: str
    fault_text: str
    fault_cure: str
    key_revoked: bool
    kid: str
    compact: str
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotRow:
    """How the last asking of a status list went."""

    url: str
    fetched_at: datetime
    fault: str


def hosted_url(brand_slug: str) -> str:
    """Return the address of the revocation list that this shop keeps for a brand."""
    return f"{settings.BASE_URL}{HOSTED_PATH}{brand_slug}"


def is_hosted(url: str) -> bool:
    """Say whether a status list is one that this shop keeps itself."""
    return url.startswith(f"{settings.BASE_URL}{HOSTED_PATH}")


def revoked_indexes(brand_slug: str) -> list[int]:
    """Return the set bits of a brand's hosted list: its proved credentials that were taken back."""
    found = CredentialStatus.objects.filter(
        url=hosted_url(brand_slug),
        purpose=StatusPurpose.REVOCATION.value,
        credential__key__isnull=False,
        credential__grant__revoked_at__isnull=False,
    )
    return sorted(set(found.values_list("index", flat=True)))


def taken_indexes(brand_slug: str) -> set[int]:
    """Return the indexes of a brand's hosted list that some credential already has."""
    found = CredentialStatus.objects.filter(url=hosted_url(brand_slug))
    return set(found.values_list("index", flat=True))


def credential_of(grant_id: UUID) -> CredentialRow:
    """
    Return the credential that proves a grant.

    Raises: NotFoundError.
    """
    found = _rows(Credential.objects.filter(grant=grant_id))
    if not found:
        raise NotFoundError("No credential proves this grant.", grant_id=str(grant_id))
    return found[0]


def issued_grants(brand_ids: Iterable[UUID]) -> list[IssuedGrant]:
    """Return the credential grants that brands issued themselves, newest first."""
    return _grants(Grant.objects.filter(issuer_brand__in=list(brand_ids)))


def issued_grant(grant_id: UUID, *, brand_ids: Iterable[UUID]) -> IssuedGrant:
    """
    Return one credential grant of some brands.

    Raises: NotFoundError, alike for another brand's grant and one that is not there.
    """
    found = _grants(Grant.objects.filter(pk=grant_id, issuer_brand__in=list(brand_ids)))
    if not found:
        raise NotFoundError("There is no such grant among those you issued.")
    return found[0]


def held_credentials(party_id: UUID) -> list[IssuedGrant]:
    """Return the credential grants that a party holds, newest first."""
    return _grants(Grant.objects.filter(grantee=party_id))


def last_snapshots(urls: Iterable[str]) -> dict[str, SnapshotRow]:
    """Return how the last asking of each status list went."""
    found = (
        StatusListSnapshot.objects.filter(url__in=list(urls))
        .order_by("url", "-fetched_at", "-id")
        .distinct("url")
    )
    return {
        one.url: SnapshotRow(url=one.url, fetched_at=one.fetched_at, fault=one.fault)
        for one in found
    }


def _rows(found: QuerySet[Credential]) -> list[CredentialRow]:
    return [
        CredentialRow(
            id=one.id,
            grant_id=one.grant_id,
            compact=one.compact,
            sha256=one.sha256,
            claims_id=one.claims_id,
            issuer=one.issuer,
            kid=one.kid,
            presented_by=one.presented_by.trading_name,
            presented_at=one.presented_at,
            fault=one.fault,
            fault_text=one.fault_text,
            fault_cure=one.fault_cure,
        )
        for one in found.select_related("presented_by").order_by("-presented_at", "-id")
    ]


def _grants(found: QuerySet[Grant]) -> list[IssuedGrant]:
    proved = found.filter(credential__isnull=False).annotate(below=Count("sub_grants"))
    rows = list(
        proved.select_related(
            "grantee", "issuer_brand", "issuer_party", "credential__key"
        ).order_by("-credential__presented_at", "-id")
    )
    names = _names(rows)
    return [_grant(row, names=names) for row in rows]


def _names(rows: Iterable[Grant]) -> dict[UUID, str]:
    named: dict[UUID, str] = {}
    keys = {key for row in rows for key in (*row.brands, *row.categories, *row.models_only)}
    for table in (Brand, Category, DeviceModel):
        named |= dict(table._default_manager.filter(pk__in=keys).values_list("id", "name"))  # noqa: SLF001 -- documented name
    return named


def _grant(row: Grant, *, names: dict[UUID, str]) -> IssuedGrant:
    proof = row.credential
    issuer = row.issuer_brand.name if row.issuer_brand else ""
    return IssuedGrant(
        id=row.id,
        grantee_id=row.grantee_id,
        grantee_name=row.grantee.trading_name,
        issuer_name=issuer or (row.issuer_party.trading_name if row.issuer_party else ""),
        brand_ids=tuple(row.brands),
        brands=_sorted_names(row.brands, names),
        categories=_sorted_names(row.categories, names),
        models=_sorted_names(row.models_only, names),
        markets=tuple(sorted(row.markets)),
        conditions=tuple(sorted(row.conditions)),
        from_at=row.from_at,
        until_at=row.until_at,
        sell_off_until=row.sell_off_until,
        delegate_depth=row.delegate_depth,
        sub_grants=row.below,  # type: ignore[attr-defined]  # annotated in _grants
        status_checked_at=row.status_checked_at,
        revoked_at=row.revoked_at,
        revoke_reason=row.revoke_reason,
        fault=proof.fault,
        fault_text=proof.fault_text,
        fault_cure=proof.fault_cure,
        key_revoked=proof.key is not None and proof.key.revoked_at is not None,
        kid=proof.kid,
        compact=proof.compact,
        sha256=proof.sha256,
    )


def _sorted_names(keys: Iterable[UUID], names: dict[UUID, str]) -> tuple[str, ...]:
    return tuple(sorted(names.get(key, "") for key in keys))
