"""From the entries of a believed list to grants, statements and claims, and back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from bandstand.kernel.canonical import sha256_hex
from bandstand.rights.models import (
    BrandStatement,
    Grant,
    ListClaim,
    ListedGrant,
    ListRevocation,
    ListSource,
)
from bandstand.rights.rules import GrantLevel
from bandstand.rights.rules.lists import (
    OPEN_ENDED,
    AuthorisedList,
    Believed,
    ListedRevocation,
    ListedSeller,
    ListedStatement,
)
from bandstand.rights.rules.lists.meaning import (
    ListWords,
    Meaning,
    category_ids,
    market_codes,
    meaning_of,
    statement_brands,
)
from bandstand.rights.services.record import issue_grant, publish_statement, revoke_grant

ACTOR: Final = "system:lists"
REASON_MAX: Final = 300
NOT_THEIRS: Final = "the domain that the brand's list names is no longer shown to be the seller's"


def remember_revocations(source: ListSource, document: AuthorisedList, *, now: datetime) -> None:
    """Keep every revocation that a list names; it sticks whatever later lists say."""
    ListRevocation.objects.bulk_create(
        [
            ListRevocation(
                source=source,
                seller_key=gone.key,
                revoked_at=gone.revoked_at,
                reason=gone.reason.value,
                note=gone.note,
                sequence=document.sequence,
                seen_at=now,
            )
            for gone in document.revoked
        ],
        ignore_conflicts=True,
    )


def settle_grants(
    source: ListSource,
    believed: Believed,
    *,
    words: ListWords,
    fetched_at: datetime,
    now: datetime,
) -> tuple[str, ...]:
    """
    Bring grants into line with a believed list; return the keys of sellers whose grants ended.

    What the list no longer says ends first; an entry that changed is a new grant. What still
    stands is confirmed as of the instant the list was asked for.
    """
    document = believed.document
    wanted = {_entry_hash(one): one for one in believed.standing}
    meanings = {
        key: meaning_of(one, words=words, brands=document.brands) for key, one in wanted.items()
    }
    sellers = {one.key for one in believed.standing}
    ended = []
    revoked = {gone.key: gone for gone in document.revoked}
    rows = list(source.listed.filter(removed_at=None).select_related("grant"))
    for row in rows:
        meaning = meanings.get(row.entry_sha256)
        if meaning is None or meaning.scope is None or meaning.party_id != row.grant.grantee_id:
            reason = (
                NOT_THEIRS
                if meaning is not None and meaning.scope is not None
                else _reason(row.seller_key, document, revoked=revoked, sellers=sellers)
            )
            _end(row, reason=reason, now=now)
            ended.append(row.seller_key)
    _confirm(rows, fetched_at=fetched_at)
    kept = set(source.listed.filter(removed_at=None).values_list("entry_sha256", flat=True))
    for key, meaning in meanings.items():
        if key not in kept:
            _issue(
                source,
                wanted[key],
                meaning=meaning,
                document=document,
                times=(fetched_at, now),
            )
    _settle_claims(source, wanted.values(), meanings=meanings, now=now)
    return tuple(dict.fromkeys(ended))


def settle_statements(
    source: ListSource, document: AuthorisedList, *, words: ListWords, now: datetime
) -> None:
    """Publish what the list says of channels; what it no longer says ends with this list."""
    said = {
        parts: statement
        for statement in document.statements
        for parts in _statement_parts(statement, document=document, words=words)
    }
    open_rows = BrandStatement.objects.filter(source=source.url).filter(
        Q(until_at=None) | Q(until_at__gt=document.issued_at)
    )
    standing = set()
    for row in open_rows:
        parts = (row.brand_id, row.market_id, row.category_id, row.include_sub_brands, row.status)
        statement = said.get(parts)
        if statement is not None and row.until_at == statement.valid_until:
            standing.add(parts)
        else:
            row.until_at = max(document.issued_at, row.from_at)
            row.save(update_fields=["until_at"])
    for parts, statement in said.items():
        if parts not in standing:
            _publish(source, statement, parts=parts, document=document, now=now)


def _entry_hash(entry: ListedSeller) -> str:
    return sha256_hex(entry.as_json())


def _reason(
    key: str,
    document: AuthorisedList,
    *,
    revoked: dict[str, ListedRevocation],
    sellers: set[str],
) -> str:
    gone = revoked.get(key)
    if gone is not None:
        note = f": {gone.note}" if gone.note else ""
        words = gone.reason.value.replace("_", " ")
        return f"the brand's list revoked it on {gone.revoked_at:%Y-%m-%d} ({words}){note}"[
            :REASON_MAX
        ]
    if key in sellers:
        return f"the brand's list, number {document.sequence}, says something else of the seller"
    return f"the brand's list, number {document.sequence}, no longer names the seller"


def _end(row: ListedGrant, *, reason: str, now: datetime) -> None:
    revoke_grant(grant_id=row.grant_id, reason=reason, actor=ACTOR, now=now)
    row.removed_at = now
    row.save(update_fields=["removed_at"])


def _confirm(rows: Iterable[ListedGrant], *, fetched_at: datetime) -> None:
    # One statement for them all: each update of a grant takes the anchors of its brand.
    standing = [row.grant_id for row in rows if row.removed_at is None]
    Grant.objects.filter(pk__in=standing, revoked_at=None).filter(
        Q(status_checked_at=None) | Q(status_checked_at__lt=fetched_at)
    ).update(status_checked_at=fetched_at)


def _issue(
    source: ListSource,
    entry: ListedSeller,
    *,
    meaning: Meaning,
    document: AuthorisedList,
    times: tuple[datetime, datetime],
) -> None:
    fetched_at, now = times
    from_at = entry.valid_from or document.issued_at
    until_at = entry.valid_until or from_at + OPEN_ENDED
    if meaning.party_id is None or meaning.scope is None or until_at <= from_at:
        return
    grant_id = issue_grant(
        issuer_brand_id=source.brand_id,
        grantee_id=meaning.party_id,
        scope=meaning.scope,
        from_at=from_at,
        until_at=until_at,
        sell_off_until=entry.sell_off_until,
        delegate_depth=entry.delegate_depth,
        level=GrantLevel.LIST,
        status_checked_at=fetched_at,
        evidence=f"{source.url}, number {document.sequence}",
        actor=ACTOR,
        now=now,
    )
    # Two entries that mean the same here are one grant, which the first of them carries.
    ListedGrant.objects.get_or_create(
        grant_id=grant_id,
        defaults={
            "source": source,
            "seller_key": entry.key,
            "entry_sha256": _entry_hash(entry),
            "first_seen_at": now,
        },
    )


def _settle_claims(
    source: ListSource,
    entries: Iterable[ListedSeller],
    *,
    meanings: dict[str, Meaning],
    now: datetime,
) -> None:
    waiting: dict[str, tuple[str, str]] = {}
    for entry in entries:
        meaning = meanings[_entry_hash(entry)]
        if meaning.party_id is None or meaning.scope is None:
            waiting.setdefault(entry.key, (entry.name, meaning.why))
    open_claims = ListClaim.objects.filter(source=source, removed_at=None)
    open_claims.exclude(seller_key__in=waiting).update(removed_at=now)
    known = set(open_claims.values_list("seller_key", flat=True))
    ListClaim.objects.bulk_create(
        ListClaim(source=source, seller_key=key, name=name, why=why, first_seen_at=now)
        for key, (name, why) in waiting.items()
        if key not in known
    )


StatementParts = tuple[UUID, str, UUID | None, bool, str]


def _statement_parts(
    statement: ListedStatement, *, document: AuthorisedList, words: ListWords
) -> list[StatementParts]:
    return [
        (brand, market, category, statement.include_sub_brands, statement.status.value)
        for brand in statement_brands(statement, words=words, brands=document.brands)
        for market in market_codes(statement.countries, words=words)
        for category in category_ids(statement.categories, words=words)
    ]


def _publish(
    source: ListSource,
    statement: ListedStatement,
    *,
    parts: StatementParts,
    document: AuthorisedList,
    now: datetime,
) -> None:
    brand_id, market, category_id, include_sub_brands, _ = parts
    publish_statement(
        brand_id=brand_id,
        market=market,
        category_id=category_id,
        include_sub_brands=include_sub_brands,
        status=statement.status,
        source=source.url,
        from_at=statement.valid_from or document.issued_at,
        until_at=statement.valid_until,
        actor=ACTOR,
        now=now,
    )
