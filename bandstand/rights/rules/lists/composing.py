"""A brand's next list, composed from its last one: entries kept, added, taken off, revoked."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from bandstand.rights.rules.lists.words import (
    SPEC_VERSION,
    AuthorisedList,
    ListedRevocation,
    ListedSeller,
    ListedStatement,
    RevokeReason,
)
from bandstand.rights.rules.words import Condition


def compose_list(
    base: AuthorisedList | None,
    *,
    domain: str,
    issued_at: datetime,
    added: Iterable[ListedSeller] = (),
    taken_off: Collection[str] = (),
    revoked: Mapping[str, RevokeReason] | None = None,
) -> dict[str, object]:
    """
    Return the next list as JSON, with the next number; it parses to what was asked for.

    ``taken_off`` and the keys of ``revoked`` name sellers; every entry of theirs goes. Revocations
    of the last list stay in the next one, so that whoever reads only that one knows them too.
    """
    told = dict(revoked or {})
    gone = {*taken_off, *told}
    kept = [one for one in base.sellers if one.key not in gone] if base else []
    revocations = list(base.revoked) if base else []
    revocations += [
        ListedRevocation(key=key, revoked_at=issued_at, reason=reason)
        for key, reason in told.items()
    ]
    composed: dict[str, object] = {
        "version": SPEC_VERSION,
        "sequence": base.sequence + 1 if base else 1,
        "issued_at": _instant(issued_at),
        "domain": domain,
    }
    if base and base.brands:
        composed["brands"] = list(base.brands)
    if base and any(base.contact.values()):
        composed["contact"] = {name: text for name, text in base.contact.items() if text}
    composed["authorised_sellers"] = [_seller(one) for one in (*kept, *added)]
    composed["revoked_sellers"] = [_revocation(one) for one in revocations]
    if base and base.statements:
        composed["channel_statements"] = [_statement(one) for one in base.statements]
    return composed


def _seller(one: ListedSeller) -> dict[str, object]:
    entry: dict[str, object] = _named(one.key)
    _fill(entry, name=one.name)
    _fill(entry, brands=list(one.brands))
    entry["countries"] = list(one.countries)
    entry["categories"] = list(one.categories)
    _fill(entry, models=list(one.models))
    if one.conditions != (Condition.NEW,):
        entry["conditions"] = [word.value for word in one.conditions]
    _fill(entry, valid_from=_instant(one.valid_from))
    _fill(entry, valid_until=_instant(one.valid_until))
    _fill(entry, sell_off_until=_instant(one.sell_off_until))
    _fill(entry, delegate_depth=one.delegate_depth)
    return entry


def _revocation(one: ListedRevocation) -> dict[str, object]:
    entry: dict[str, object] = _named(one.key)
    entry |= {"revoked_at": _instant(one.revoked_at), "reason": one.reason.value}
    _fill(entry, note=one.note)
    return entry


def _statement(one: ListedStatement) -> dict[str, object]:
    entry: dict[str, object] = {"status": one.status.value, "countries": list(one.countries)}
    _fill(entry, brands=list(one.brands))
    _fill(entry, categories=list(one.categories))
    _fill(entry, include_sub_brands=one.include_sub_brands)
    _fill(entry, valid_from=_instant(one.valid_from))
    _fill(entry, valid_until=_instant(one.valid_until))
    return entry


def _named(key: str) -> dict[str, object]:
    kind, _, name = key.partition(":")
    return {kind: name}


def _fill(entry: dict[str, object], **fields: object) -> None:
    entry |= {name: value for name, value in fields.items() if value}


def _instant(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
