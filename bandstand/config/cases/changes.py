"""What a case changes of its book's world before it begins: sections of the same names."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bandstand.config.cases.building import (
    add_brands,
    add_markets,
    add_sellers,
    add_variants,
)
from bandstand.config.cases.evidence import (
    record_certification,
    record_label,
    record_protection,
)
from bandstand.config.cases.facts import record_approval, record_approvals, record_policy
from bandstand.config.cases.fields import CaseWordsError, Part
from bandstand.config.cases.proofs import revoke_key
from bandstand.config.cases.world import ACTOR, World
from bandstand.parties import services as parties
from bandstand.parties.models import Party

BEFORE: Final = timedelta(seconds=1)
CASE_VERSION: Final = "cases-2"
EVIDENCE: Final[Mapping[str, Callable[..., UUID]]] = {
    "label": record_label,
    "labels": record_label,
    "protections": record_protection,
    "lever_protection": record_protection,
    "certifications": record_certification,
    "network_cert": record_certification,
    "network_certs": record_certification,
}


def change_world(world: World, words: Part, *, at: datetime) -> None:
    """Record the sections of a case over those of its book, in time for its question."""
    add_markets(world, words.named("markets"))
    change_sellers(world, words.named("sellers"), at=at)
    _change_brands(world, words.named("brands"), at=at)
    _change_variants(world, words.named("variants"))
    _change_approvals(world, words.named("approvals"))
    if "policy" in words:
        record_policy(world, words.part("policy"), at=at - BEFORE, version=CASE_VERSION)
    for kid, key in words.named("keys").items():
        change_key(kid, key, at=at)
    for name, record in EVIDENCE.items():
        for one in words.parts(name):
            record(world, one, at=at)
    for kid in words.texts("revoked_keys"):
        revoke_key(kid, at=at)
    _revoke_named(words, at=at)


def _change_brands(world: World, brands: Mapping[str, Part], *, at: datetime) -> None:
    """Add brands that the book has not; of those it has, change the keys."""
    add_brands(world, {name: one for name, one in brands.items() if name not in world.brands})
    for name, words in brands.items():
        keys = words.list_of("keys") if name in world.brands else []
        for one in keys:
            if isinstance(one, Mapping):
                key = Part(one, where=f"{words.where}.keys")
                change_key(key.text(key.first("id", "kid", "key") or "id"), key, at=at)


def _change_variants(world: World, variants: Mapping[str, Part]) -> None:
    """Add variants that the book has not; of those it has, change approvals and differences."""
    fresh = {name: one for name, one in variants.items() if name not in world.variants}
    for name, words in variants.items():
        if name not in fresh:
            words.nothing_more("brand", "model", "category")
            record_approvals(world, name, words=words)
    add_variants(world, fresh)


def _change_approvals(world: World, variants: Mapping[str, Part]) -> None:
    for variant, markets in variants.items():
        for market in markets.names:
            record_approval(world, variant, market=market, words=markets.part(market))


def change_sellers(world: World, sellers: dict[str, Part], *, at: datetime) -> None:
    """Change the standing of parties the book has, and add those it has not."""
    add_sellers(world, {name: one for name, one in sellers.items() if name not in world.parties})
    for name, one in sellers.items():
        one.nothing_more("role", "country", "verified")
        suspended_at = one.maybe_instant("suspended_at")
        party = world.party(name).id
        if suspended_at is not None or one.flag("suspended"):
            parties.suspend_party(
                party_id=party,
                actor=ACTOR,
                now=suspended_at or at - BEFORE,
                reason="As the case has it.",
            )
        if one.raw("verified") is True:
            parties.verify_party(party_id=party, actor=ACTOR, now=at - BEFORE)
        elif one.raw("verified") is False:
            Party.objects.filter(pk=party).update(verified_at=None)


def change_key(kid: str, words: Part, *, at: datetime) -> None:
    """Revoke a key that the case calls revoked, at the instant it says."""
    revoked_at = words.maybe_instant("revoked_at")
    state = words.text("state", "revoked" if words.flag("revoked") else "")
    if state not in {"", "good", "active", "revoked", "compromised"}:
        raise CaseWordsError(f"{words.where}.state: write active, revoked or compromised.")
    is_revoked = state in {"revoked", "compromised"} or words.flag("compromised")
    if (revoked_at is not None and revoked_at <= at) or (revoked_at is None and is_revoked):
        revoke_key(
            kid,
            at=revoked_at or at - BEFORE,
            reason=words.text("reason", "As the case has it."),
            compromised=state == "compromised" or words.flag("compromised"),
        )


def _revoke_named(words: Part, *, at: datetime) -> None:
    """``key_revoked: k-ac-1`` or ``key_revoked: {key: k-ac-1, at: …}``, one or several."""
    for one in words.list_of("key_revoked"):
        if isinstance(one, str):
            revoke_key(one, at=at - BEFORE)
            continue
        part = Part(one, where=f"{words.where}.key_revoked")
        kid = part.first("key", "kid", "id")
        if kid is not None:
            when = part.first("at", "revoked_at")
            revoke_key(
                part.text(kid),
                at=part.instant(when) if when else at - BEFORE,
                compromised=part.flag("compromised"),
            )
        else:
            for name, key in ((name, part.raw(name)) for name in part.names):
                change_key(name, Part({"revoked_at": key}, where=part.where), at=at)
