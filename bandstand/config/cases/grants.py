"""
The grants of a case: credentials are signed and presented, the rest recorded as the desks do.

Rule 4 and 6 of the book: whoever the book calls the issuer signs, with the key that it names.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bandstand.catalogue.models import DeviceModel
from bandstand.config.cases.facts import markets_of
from bandstand.config.cases.fields import CaseWordsError, Part, known, word_of
from bandstand.config.cases.lists import countries_of, name_party, publish_grants
from bandstand.config.cases.proofs import key_of_party, revoke_key
from bandstand.config.cases.signing import KeyPair, make_key, sign
from bandstand.config.cases.world import ACTOR, GrantNote, World, bare
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.rights import services as rights
from bandstand.rights.models import Credential, Grant
from bandstand.rights.queries.keys import brand_urn, party_urn
from bandstand.rights.rules import Condition, GrantLevel, GrantScope
from bandstand.rights.rules.credentials import Claims, StatusEntry, SubjectClaims
from bandstand.rights.services.credentials import present_credential

MOMENT: Final = timedelta(seconds=1)
REASON: Final = "As the case has it."
LONG_LIFE: Final = timedelta(days=365)


def named_grants(world: World, words: Part, *names: str) -> list[Part]:
    """Return the grants that a case names or writes out. Raises: CaseWordsError."""
    found = []
    for name in names:
        for one in words.list_of(name):
            whole = _whole(world, one, where=words.where)
            found.append(Part(whole, where=f"{words.where}.{name}.{whole['id']}"))
    return found


def every_grant(world: World) -> list[Part]:
    """Return every grant of the book: what a sequence has that names none."""
    return [
        Part({"id": name, **words}, where=f"grants.{name}")
        for name, words in world.book_grants.items()
    ]


def record_grants(world: World, grants: Iterable[Part], *, at: datetime) -> list[str]:
    """
    Record grants so that they stand as the case has them at an instant; return the words not read.

    A grant is presented after the one above it. Grants in a circle are closed at the end, in the
    tables, because no signature can close one: each names the hash of the one above.
    """
    waiting = {one.text("id"): one for one in grants}
    every = list(waiting.values())
    while waiting:
        ready = [one for one in waiting.values() if one.maybe("parent") not in waiting]
        for one in ready or [next(iter(waiting.values()))]:
            del waiting[one.text("id")]
            record_grant(world, one, at=at)
    _close_circles(world, every)
    return [place for one in every for place in one.unread()]


def record_grant(world: World, words: Part, *, at: datetime) -> None:
    """Record one grant, ask for its status and take it back, as the case has it."""
    bare(words)
    name = words.text("id")
    level = word_of(
        GrantLevel,
        words.text("level", "none"),
        what="level",
        words=list(GrantLevel),
        where=words.where,
    )
    begins = words.instant("from", at - LONG_LIFE)
    when = min(begins, at)
    grant_id = _way_of(level, words)(world, words, level=level, begins=begins, at=when)
    if grant_id is not None:
        world.grants[name] = GrantNote(grant_id, {"from": begins, "level": level.value})
        _confirm(world, name, words=words, at=at)
    _take_back(world, name, words=words, at=at)


def _way_of(level: GrantLevel, words: Part) -> Callable[..., UUID | None]:
    """Return how a grant of a level comes to be on record."""
    if level is GrantLevel.CREDENTIAL:
        return _present
    is_published = level is GrantLevel.LIST and words.text("issuer").startswith("brand:")
    return _publish if is_published and not words.maybe("parent") else _issue


def scope_of(world: World, words: Part) -> GrantScope:
    """Read what a grant permits. Raises: CaseWordsError."""
    where = words.where
    brands = words.texts("brands") or words.texts("brand")
    conditions = words.texts("conditions") or tuple(Condition)
    return GrantScope(
        brands=frozenset(world.brand(one, where=where).id for one in brands),
        categories=frozenset(
            world.category(one, where=where)
            for one in words.texts("categories") or tuple(world.categories)
        ),
        markets=markets_of(world, words.texts("markets"), where=where),
        conditions=frozenset(
            word_of(Condition, one, what="condition", words=list(Condition), where=where)
            for one in conditions
        ),
        models=frozenset(
            model
            for one in words.texts("models")
            if one != "*"
            for model in world.models_named(one, brands=brands)
        ),
    )


def _whole(world: World, one: object, *, where: str) -> dict[str, Any]:
    if isinstance(one, str):
        return {"id": one, **known(one, among=world.book_grants, what="grant", where=where)}
    if isinstance(one, Mapping) and len(one) == 1 and next(iter(one)) in world.book_grants:
        name, changes = next(iter(one.items()))
        return {"id": str(name), **world.book_grants[str(name)], **(changes or {})}
    if isinstance(one, Mapping):
        base = one.get("base") or one.get("like")
        return {**(world.book_grants.get(str(base), {}) if base else {}), "id": "g", **one}
    raise CaseWordsError(f"{where}: a grant is a name or a mapping, found {one!r}.")


def _issue(world: World, words: Part, *, level: GrantLevel, begins: datetime, at: datetime) -> UUID:
    brand, party = _issuer(world, words)
    parent = words.maybe("parent")
    words.nothing_more("key", "presented_by", "signature")
    grant_id = rights.issue_grant(
        grantee_id=world.party(words.text("grantee"), where=words.where).id,
        issuer_brand_id=world.brand(brand, where=words.where).id if brand else None,
        issuer_party_id=world.party(party, where=words.where).id if party else None,
        parent_id=world.grants[parent].id if parent in world.grants else None,
        scope=scope_of(world, words),
        from_at=begins,
        until_at=words.instant("until", begins + LONG_LIFE),
        sell_off_until=words.maybe_instant("sell_off_until"),
        delegate_depth=words.number("delegate", 0),
        level=level,
        evidence=f"The book's grant {words.text('id')}.",
        actor=ACTOR,
        now=at,
    )
    world.asked.append(grant_id)
    return grant_id


def _present(
    world: World, words: Part, *, level: GrantLevel, begins: datetime, at: datetime
) -> UUID | None:
    assert level is GrantLevel.CREDENTIAL  # noqa: S101 -- chosen by the level
    name, (brand, party) = words.text("id"), _issuer(world, words)
    pair = _pair(world, words, brand=brand, party=party)
    issuer = _issuer_name(world, words, brand=brand, party=party)
    stand_in = _stand_in(world, words, party=party, at=at)
    claims = Claims(
        id=f"urn:case:{name}",
        issuer=issuer,
        valid_from=begins,
        valid_until=words.instant("until", begins + LONG_LIFE),
        subject=_subject(world, words, parent=_parent(world, words, stand_in=stand_in)),
        statuses=(_place(world, name, issuer=issuer, pair=pair),),
    )
    signature = words.text("signature", "good")
    compact = sign(
        claims.as_json(),
        pair=pair,
        kid=words.text("kid", ""),
        algorithm=words.text("alg", words.text("algorithm", "")),
        spoilt=signature not in {"good", "valid", "ok"},
    )
    presented = present_credential(
        compact=compact,
        presented_by=world.party(words.text("presented_by", words.text("grantee"))).id,
        actor=ACTOR,
        now=words.instant("presented_at", at),
    )
    return presented.grant_id


def _publish(
    world: World, words: Part, *, level: GrantLevel, begins: datetime, at: datetime
) -> UUID:
    """Let the brand name the seller on its own list, and the shop read that list."""
    brand_name, _ = _issuer(world, words)
    brand = world.brand(brand_name)
    if not brand.domains:
        return _issue(world, words, level=level, begins=begins, at=at)
    scope, until = scope_of(world, words), words.instant("until", begins + LONG_LIFE)
    grantee = words.text("grantee")
    entry = {
        "domain": name_party(world, grantee, where=words.where),
        "brands": sorted(world.brand(one).slug for one in words.texts("brands")),
        "categories": sorted(names_of(world, scope.categories)),
        "countries": countries_of(world, scope.markets),
        "models": list(words.texts("models")),
        "conditions": sorted(scope.conditions),
        "valid_from": _written(begins),
        "valid_until": _written(until),
        "delegate_depth": words.number("delegate", 0),
    }
    sell_off = words.maybe_instant("sell_off_until")
    if sell_off is not None:
        entry["sell_off_until"] = _written(sell_off)
    world.published.setdefault(brand_name, []).append(entry)
    publish_grants(world, brand_name, entries=world.published[brand_name], at=at)
    mine = Grant.objects.filter(
        grantee=world.party(grantee).id, from_at=begins, until_at=until, level=level.value
    ).filter(categories=sorted(scope.categories), markets=sorted(scope.markets), revoked_at=None)
    return mine.values_list("id", flat=True).get(models_only=sorted(scope.models))


def names_of(world: World, categories: Iterable[UUID]) -> list[str]:
    """Return the book's names of categories."""
    names = {note_id: name for name, note_id in world.categories.items()}
    return [names[one] for one in categories]


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _issuer(world: World, words: Part) -> tuple[str, str]:
    kind, _, name = words.text("issuer").partition(":")
    if kind == "brand" and name:
        world.brand(name, where=words.where)
        return name, ""
    if kind == "party" and name:
        world.party(name, where=words.where)
        return "", name
    raise CaseWordsError(f"{words.where}.issuer: write brand:NAME or party:NAME.")


def _issuer_name(world: World, words: Part, *, brand: str, party: str) -> str:
    """Return who the credential says issued it; a party with no link above speaks as the brand."""
    if party and words.maybe("parent"):
        return party_urn(world.party(party).slug)
    brands = words.texts("brands") or words.texts("brand")
    return brand_urn(world.brand(brand or brands[0], where=words.where).slug)


def _pair(world: World, words: Part, *, brand: str, party: str) -> KeyPair:
    named = words.maybe("key")
    if named is not None:
        # A key that nobody registered is still a key: whoever holds it can sign.
        return world.keys[named] if named in world.keys else make_key(named)
    if party:
        return key_of_party(world, party)
    keys = world.brand(brand).keys
    if not keys:
        raise CaseWordsError(f"{words.where}: the brand {brand} has no key to sign with.")
    return world.keys[keys[0]]


def _subject(world: World, words: Part, *, parent: str) -> SubjectClaims:
    scope = scope_of(world, words)
    brands = words.texts("brands") or words.texts("brand")
    models = DeviceModel.objects.filter(pk__in=scope.models).values_list("brand__slug", "slug")
    return SubjectClaims(
        id=party_urn(world.party(words.text("grantee"), where=words.where).slug),
        brands=tuple(world.brand(one).slug for one in brands),
        categories=tuple(sorted(names_of(world, scope.categories))),
        markets=tuple(sorted(scope.markets)),
        conditions=tuple(sorted(scope.conditions)),
        models=tuple(f"{brand}/{model}" for brand, model in sorted(models)),
        delegation_depth=words.number("delegate", 0),
        parent=parent,
        sell_off_until=words.maybe_instant("sell_off_until"),
    )


def _place(world: World, name: str, *, issuer: str, pair: KeyPair) -> StatusEntry:
    return world.statuses.place_for(name, issuer=issuer, pair=pair)


def _parent(world: World, words: Part, *, stand_in: UUID | None) -> str:
    """Return how a credential names the one above: by its hash, or by the grant if it has none."""
    parent = words.maybe("parent")
    if parent is None:
        return ""
    above = stand_in or world.grants[parent].id
    digest = Credential.objects.filter(grant=above).values_list("sha256", flat=True).first()
    return f"sha256:{digest}" if digest else print_id(IdKind.GRANT, above)


def _stand_in(world: World, words: Part, *, party: str, at: datetime) -> UUID | None:
    """
    Record a grant to somebody else where the case has no link above on record.

    A credential that names nothing known is not taken in at all. What the book asks about is a
    chain that does not hold, so it hangs below a grant that its issuer does not hold.
    """
    parent = words.maybe("parent")
    if parent is None or parent in world.grants or not party:
        return None
    brands = words.texts("brands") or words.texts("brand")
    stranger = next(one for name, one in world.parties.items() if name != party)
    return rights.issue_grant(
        grantee_id=stranger.id,
        issuer_brand_id=world.brand(brands[0]).id,
        scope=scope_of(world, words),
        from_at=at - LONG_LIFE,
        until_at=at + LONG_LIFE,
        level=GrantLevel.LIST,
        evidence=f"In the place of {parent}, which is not on record.",
        actor=ACTOR,
        now=at,
    )


def _confirm(world: World, name: str, *, words: Part, at: datetime) -> None:
    """Have the grant's status asked when the case says it was, or else just before the question."""
    if "status_checked_at" in words:
        asked_at = words.maybe_instant("status_checked_at")
    else:
        until = words.maybe_instant("until")
        asked_at = at if until is None or at < until else until - MOMENT
    if words.raw("status") in {"unreachable", "never", "unknown"}:
        return
    if asked_at is None:
        return
    grant_id = world.grants[name].id
    until, sell_off = words.maybe_instant("until"), words.maybe_instant("sell_off_until")
    if sell_off is not None and until is not None and until <= at < sell_off:
        # Past its end nobody asks a list about a grant; while stock is sold off, staff ask by hand.
        rights.confirm_status(grant_id=grant_id, actor=ACTOR, now=max(asked_at, at))
    elif name in world.statuses.places:
        credential = Credential.objects.values_list("id", flat=True).get(grant=grant_id)
        world.statuses.ask(now=asked_at, credential_id=credential)
    else:
        rights.confirm_status(grant_id=grant_id, actor=ACTOR, now=asked_at)


def _take_back(world: World, name: str, *, words: Part, at: datetime) -> None:
    revoked_at = words.maybe_instant("revoked_at")
    is_revoked = words.flag("revoked") or words.raw("status") == "revoked"
    reason = words.text("revoke_reason", REASON)
    if name in world.grants and _has_come(revoked_at, is_said=is_revoked, at=at):
        rights.revoke_grant(
            grant_id=world.grants[name].id, reason=reason, actor=ACTOR, now=revoked_at or at
        )
    key_at = words.maybe_instant("key_revoked_at")
    if _has_come(key_at, is_said=words.raw("key_revoked") is True, at=at):
        kid = words.text("key", "")
        revoke_key(kid, at=key_at or at, compromised=words.flag("compromised"))


def _has_come(instant: datetime | None, *, is_said: bool, at: datetime) -> bool:
    return is_said if instant is None else instant <= at


def _close_circles(world: World, grants: Iterable[Part]) -> None:
    for one in grants:
        name, parent = one.text("id"), one.maybe("parent")
        if name in world.grants and parent is not None and parent in world.grants:
            Grant.objects.filter(pk=world.grants[name].id).exclude(
                parent=world.grants[parent].id
            ).update(parent=world.grants[parent].id)
