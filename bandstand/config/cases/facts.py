"""What a case says of policy, approvals, statements and standing, recorded through the services."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from typing import Any, Final
from uuid import UUID

from bandstand.catalogue.models import Market
from bandstand.config.cases.fields import CaseWordsError, Part, word_of
from bandstand.config.cases.world import ACTOR, LONG_AGO, World, bare
from bandstand.rights import services as rights
from bandstand.rights.rules import (
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    CustodyNeed,
    GrantLevel,
)

DEFAULT: Final = "default"
BOOK_VERSION: Final = "cases-1"
SCHEMES: Final = {
    "fcc": ApprovalScheme.FCC,
    "red": ApprovalScheme.RED,
    "ukca": ApprovalScheme.UKCA,
}
SOURCE: Final = "The book of cases."
PEOPLE: Final = "Aster Compliance, 1 Rue de la Loi, Brussels"


def record_policy(world: World, words: Part, *, at: datetime = LONG_AGO, version: str = "") -> None:
    """Record the policy of a book, or what a case changes of it from an instant on."""
    bare(words).nothing_more("levels", "working_days_us_holidays")
    world.policy = _merged(world.policy, words)
    for row in _rows(world):
        rights.set_policy(
            **row,
            version=version or BOOK_VERSION,
            from_at=at,
            source=SOURCE,
            actor=ACTOR,
            now=at,
        )


def _merged(before: Mapping[str, Any], words: Part) -> dict[str, Any]:
    after = dict(before)
    for name in ("min_level", "require_grant", "require_custody", "require_approval"):
        after[name] = {**after.get(name, {}), **(words.raw(name) or {})}
    for name, default in (("clock_skew", 60), ("status_max_age", 86_400)):
        after[name] = words.span(name, after.get(name, timedelta(seconds=default)))
    after["require_network_cert"] = words.raw(
        "require_network_cert", after.get("require_network_cert", False)
    )
    return after


def _rows(world: World) -> Iterator[dict[str, Any]]:
    policy = world.policy
    levels = policy["min_level"] or {DEFAULT: GrantLevel.LIST.value}
    for (category, level), condition in product(levels.items(), Condition):
        word = condition.value
        yield {
            "category_id": None if category == DEFAULT else world.category(str(category)),
            "condition": condition,
            "needs_grant": bool(policy["require_grant"].get(word, True)),
            "min_level": word_of(
                GrantLevel, str(level), what="level of a grant", words=list(GrantLevel)
            ),
            "needs_approval": bool(policy["require_approval"].get(word, True)),
            "needs_custody": word_of(
                CustodyNeed,
                str(policy["require_custody"].get(word, "none")),
                what="need of custody",
                words=list(CustodyNeed),
            ),
            "status_max_age": policy["status_max_age"],
            "clock_skew": policy["clock_skew"],
            "needs_network_cert": bool(policy["require_network_cert"]),
        }


def record_approvals(world: World, variant: str, *, words: Part) -> None:
    """Record the approvals of a variant and where its hardware differs."""
    for market, approval in words.named("approvals").items():
        record_approval(world, variant, market=market, words=approval)
    for market, what in words.part("differs_from").lists().items():
        rights.record_difference(
            variant_id=world.variant(variant).id,
            market=world.market_of(market),
            what=what,
            source=SOURCE,
            actor=ACTOR,
            now=LONG_AGO,
        )


def record_approval(
    world: World, variant: str, *, market: str, words: Part, at: datetime = LONG_AGO
) -> UUID:
    """
    Record how one approval stands; ``limited_from`` and the like say from when.

    Before it was limited, revoked or at its end it stood.
    """
    state = word_of(
        ApprovalState,
        bare(words).text("state", ApprovalState.GRANTED.value),
        what="state of an approval",
        words=list(ApprovalState),
        where=words.where,
    )
    turned = words.first(f"{state.value}_from", f"{state.value}_at", "limited_from", "revoked_at")
    begins = words.first("from", "granted_at", "valid_from")
    ends = words.first("until", "expires_at", "valid_until")
    from_at = words.maybe_instant(begins) if begins else None
    turned_at = words.maybe_instant(turned) if turned else None
    person = words.raw("responsible_person", default=False)
    record: Callable[..., UUID] = partial(
        rights.record_approval,
        variant_id=world.variant(variant, where=words.where).id,
        market=world.market_of(market, where=words.where),
        scheme=_scheme(words, market=market),
        reference=words.text("id", words.text("ref", f"{variant}-{market}")),
        responsible_person=PEOPLE if person is True else str(person or ""),
        eprel=words.text("eprel", ""),
        placed_at=words.maybe_instant("placed_at"),
        until_at=words.maybe_instant(ends) if ends else None,
        source=SOURCE,
        actor=ACTOR,
        now=at,
    )
    if turned_at is not None and state is not ApprovalState.GRANTED:
        record(state=ApprovalState.GRANTED, from_at=from_at)
    return record(state=state, from_at=turned_at or from_at)


def _scheme(words: Part, *, market: str) -> ApprovalScheme:
    named = words.maybe("scheme")
    if named is not None:
        return word_of(ApprovalScheme, named, what="scheme", words=list(ApprovalScheme))
    regimes = Market.objects.values_list("regimes", flat=True).filter(pk=market).first() or []
    return next((SCHEMES[one] for one in regimes if one in SCHEMES), ApprovalScheme.OTHER)


def publish_statement(world: World, words: Part, *, at: datetime) -> UUID:
    """Publish what a brand says of its channels."""
    category = words.maybe("category")
    return rights.publish_statement(
        brand_id=world.brand(words.text("brand"), where=words.where).id,
        include_sub_brands=words.flag("include_sub_brands"),
        market=words.text("market", "US"),
        category_id=world.category(category, where=words.where) if category else None,
        status=word_of(
            ChannelStatus,
            words.text(
                "status", words.text("state", "") or ChannelStatus.NO_AUTHORISED_CHANNEL.value
            ),
            what="status of a channel",
            words=list(ChannelStatus),
        ),
        source=words.text("source", "the brand's own site"),
        from_at=words.instant("from", at),
        until_at=words.maybe_instant("until"),
        actor=ACTOR,
        now=at,
    )


def markets_of(world: World, names: tuple[str, ...], *, where: str) -> frozenset[str]:
    """Return the markets that a scope names, by code or by a member. Raises: CaseWordsError."""
    if not names:
        raise CaseWordsError(f"{where}: no market is named.")
    return frozenset(world.market_of(name, where=where) for name in names)
