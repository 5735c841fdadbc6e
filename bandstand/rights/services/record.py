"""
What can be recorded about the right to sell.

Every service may run twice with the same words and records them once. Database triggers of the gate
move epochs on with each change, so that decisions made before it are asked for again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from bandstand.catalogue.models import Brand, Category, DeviceModel, Variant
from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground
from bandstand.parties.models import Party
from bandstand.plumbing import audit
from bandstand.plumbing.models import Record
from bandstand.rights.models import Approval, BrandStatement, Grant, SalePolicy
from bandstand.rights.queries import market_fact
from bandstand.rights.rules import (
    CLOCK_SKEW,
    STATUS_AGE_MAX,
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    CustodyNeed,
    GrantLevel,
    GrantScope,
    LabelRule,
)


class GrantWordsError(BadInputError):
    """A grant that could permit nothing as it is written."""

    code = "grant_words"


@transaction.atomic
def publish_statement(  # noqa: PLR0913 -- a statement has these parts
    *,
    brand_id: UUID,
    market: str,
    status: ChannelStatus,
    source: str,
    from_at: datetime,
    actor: str,
    now: datetime,
    category_id: UUID | None = None,
    include_sub_brands: bool = False,
    until_at: datetime | None = None,
) -> UUID:
    """Record what a brand says of its channels; an earlier word on the same ends there."""
    _require(Brand, [brand_id], what="brand")
    _require(Category, [category_id] if category_id else [], what="category")
    same: dict[str, Any] = {
        "brand_id": brand_id,
        "market_id": market_fact(market).code,
        "category_id": category_id,
        "include_sub_brands": include_sub_brands,
    }
    statement, is_new = BrandStatement.objects.get_or_create(
        **same, status=status.value, source=source, from_at=from_at, until_at=until_at
    )
    if is_new:
        earlier = BrandStatement.objects.filter(**same, from_at__lt=from_at)
        _end_earlier(earlier.filter(_open_at(from_at)), at=from_at)
        audit.record(
            actor=actor,
            action="rights.statement",
            subject=f"brand:{brand_id}",
            now=now,
            status=status.value,
            market=market,
        )
    return statement.id


@transaction.atomic
def issue_grant(  # noqa: PLR0913 -- a grant has these parts
    *,
    grantee_id: UUID,
    scope: GrantScope,
    from_at: datetime,
    until_at: datetime,
    level: GrantLevel,
    actor: str,
    now: datetime,
    issuer_brand_id: UUID | None = None,
    issuer_party_id: UUID | None = None,
    parent_id: UUID | None = None,
    delegate_depth: int = 0,
    sell_off_until: datetime | None = None,
    status_checked_at: datetime | None = None,
    evidence: str = "",
) -> UUID:
    """
    Record a permission to sell, from a brand or from a party that holds one itself.

    Whether it is worth anything is for the decision to say, with reasons; a party may record a
    grant that hangs below nothing.

    Raises: GrantWordsError, NotFoundError.
    """
    _check_level(level)
    _check_issuer(issuer_brand_id, issuer_party_id)
    _check_scope(scope)
    _check_period(from_at, until_at)
    _require(Party, [grantee_id, *_given(issuer_party_id)], what="party")
    _require(Brand, [*scope.brands, *_given(issuer_brand_id)], what="brand")
    _require(Category, scope.categories, what="category")
    _require(DeviceModel, scope.models, what="model")
    _require(Grant, _given(parent_id), what="grant")
    grant, is_new = Grant.objects.get_or_create(
        grantee_id=grantee_id,
        issuer_brand_id=issuer_brand_id,
        issuer_party_id=issuer_party_id,
        parent_id=parent_id,
        brands=sorted(scope.brands),
        categories=sorted(scope.categories),
        markets=sorted(market_fact(code).code for code in scope.markets),
        models_only=sorted(scope.models),
        conditions=sorted(one.value for one in scope.conditions),
        from_at=from_at,
        until_at=until_at,
        level=level.value,
        delegate_depth=delegate_depth,
        revoked_at=None,
        defaults={
            "sell_off_until": sell_off_until,
            "status_checked_at": status_checked_at,
            "evidence": evidence,
        },
    )
    if is_new:
        _note_grant("rights.grant", grant.id, actor=actor, now=now)
    return grant.id


@transaction.atomic
def revoke_grant(*, grant_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Take a grant back for good, and with it everything that hangs below it.

    A grant that is already revoked stays as it was.

    Raises: NotFoundError, GrantWordsError if no reason is given.
    Lock: the grant's row, then the anchors of its brands and its grantee, exclusively.
    """
    if not reason.strip():
        raise GrantWordsError("Say why the grant is revoked; the seller is told.")
    grant = Grant.objects.select_for_update().filter(pk=grant_id).first()
    if grant is None:
        raise NotFoundError(f"There is no grant {print_id(IdKind.GRANT, grant_id)}.")
    if grant.revoked_at is None:
        grant.revoked_at, grant.revoke_reason = now, reason
        grant.save(update_fields=["revoked_at", "revoke_reason"])
        _note_grant("rights.revoke", grant_id, actor=actor, now=now, reason=reason)


@transaction.atomic
def confirm_status(*, grant_id: UUID, actor: str, now: datetime) -> None:
    """
    Record that the grant's issuer was asked just now and the grant still stands.

    Raises: NotFoundError.
    """
    if not Grant.objects.filter(pk=grant_id).update(status_checked_at=now):
        raise NotFoundError(f"There is no grant {print_id(IdKind.GRANT, grant_id)}.")
    _note_grant("rights.confirm", grant_id, actor=actor, now=now)


@transaction.atomic
def record_approval(  # noqa: PLR0913 -- an approval has these parts
    *,
    variant_id: UUID,
    market: str,
    scheme: ApprovalScheme,
    reference: str,
    state: ApprovalState,
    actor: str,
    now: datetime,
    responsible_person: str = "",
    eprel: str = "",
    placed_at: datetime | None = None,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    source: str = "",
) -> UUID:
    """
    Record how the equipment authorisation of a variant stands in a market from an instant.

    What was recorded of the same reference before ends at that instant, and stays on record.

    Raises: NotFoundError, GrantWordsError if the reference is empty.
    """
    if not reference.strip():
        raise GrantWordsError("An approval has a reference, such as an FCC ID. Give it.")
    _require(Variant, [variant_id], what="variant")
    approval, is_new = Approval.objects.get_or_create(
        variant_id=variant_id,
        market_id=market_fact(market).code,
        scheme=scheme.value,
        reference=reference,
        state=state.value,
        from_at=from_at,
        defaults={
            "responsible_person": responsible_person,
            "eprel": eprel,
            "placed_at": placed_at,
            "until_at": until_at,
            "source": source,
        },
    )
    if is_new:
        _end_earlier_state(approval)
        audit.record(
            actor=actor,
            action="rights.approval",
            subject=print_id(IdKind.VARIANT, variant_id),
            now=now,
            state=state.value,
            reference=reference,
        )
    return approval.id


@transaction.atomic
def set_policy(  # noqa: PLR0913 -- a policy row has these parts
    *,
    condition: Condition,
    needs_grant: bool,
    min_level: GrantLevel,
    version: str,
    from_at: datetime,
    actor: str,
    now: datetime,
    market: str | None = None,
    category_id: UUID | None = None,
    needs_approval: bool = True,
    needs_custody: CustodyNeed = CustodyNeed.NONE,
    needs_network_cert: bool = False,
    label_rule: LabelRule = LabelRule.PROTECTED,
    status_max_age: timedelta = STATUS_AGE_MAX,
    clock_skew: timedelta = CLOCK_SKEW,
    ground: Ground = Ground.TERMS,
    source: str = "",
    until_at: datetime | None = None,
) -> UUID:
    """Record a row of the marketplace's policy; an earlier row for the same ends there."""
    _require(Category, _given(category_id), what="category")
    if status_max_age <= timedelta(0) or clock_skew < timedelta(0):
        raise GrantWordsError(
            "A status must count for some time, and the clock skew cannot be less than nothing."
        )
    same: dict[str, Any] = {
        "market_id": market_fact(market).code if market else None,
        "category_id": category_id,
        "condition": condition.value,
    }
    policy, is_new = SalePolicy.objects.get_or_create(
        **same,
        version=version,
        from_at=from_at,
        needs_grant=needs_grant,
        min_level=min_level.value,
        needs_approval=needs_approval,
        needs_custody=needs_custody.value,
        needs_network_cert=needs_network_cert,
        label_rule=label_rule.value,
        status_max_age=status_max_age,
        clock_skew=clock_skew,
        defaults={"ground": ground.value, "source": source, "until_at": until_at},
    )
    if is_new:
        earlier = SalePolicy.objects.filter(**same, from_at__lt=from_at)
        _end_earlier(earlier.filter(_open_at(from_at)), at=from_at)
        audit.record(
            actor=actor,
            action="rights.policy",
            subject=f"policy:{version}",
            now=now,
            condition=condition.value,
            market=market or "any",
        )
    return policy.id


def _end_earlier_state(approval: Approval) -> None:
    if approval.from_at is None:
        return
    same = Approval.objects.filter(
        variant=approval.variant_id,
        market=approval.market_id,
        scheme=approval.scheme,
        reference=approval.reference,
    )
    begun = Q(from_at=None) | Q(from_at__lt=approval.from_at)
    _end_earlier(same.filter(begun, _open_at(approval.from_at)), at=approval.from_at)


def _given(key: UUID | None) -> list[UUID]:
    return [] if key is None else [key]


def _open_at(instant: datetime) -> Q:
    return Q(until_at=None) | Q(until_at__gt=instant)


def _end_earlier(
    rows: QuerySet[Approval] | QuerySet[BrandStatement] | QuerySet[SalePolicy], *, at: datetime
) -> None:
    rows.update(until_at=at)


def _note_grant(action: str, grant_id: UUID, *, actor: str, now: datetime, **detail: str) -> None:
    subject = print_id(IdKind.GRANT, grant_id)
    audit.record(actor=actor, action=action, subject=subject, now=now, **detail)


def _check_level(level: GrantLevel) -> None:
    if level is GrantLevel.CREDENTIAL:
        raise GrantWordsError(
            "A grant at the level of a credential comes of a credential that is presented; "
            "recorded by hand it would never count. Present the credential, or record a list or "
            "a document.",
            field="level",
        )


def _check_issuer(brand_id: UUID | None, party_id: UUID | None) -> None:
    if (brand_id is None) == (party_id is None):
        raise GrantWordsError("A grant has one issuer: name the brand or the party, not both.")


def _check_scope(scope: GrantScope) -> None:
    empty = [
        part
        for part in ("brands", "categories", "markets", "conditions")
        if not getattr(scope, part)
    ]
    if empty:
        raise GrantWordsError(
            f"The grant names no {' and no '.join(empty)}, so it would permit nothing.", empty=empty
        )


def _check_period(from_at: datetime, until_at: datetime) -> None:
    if until_at <= from_at:
        raise GrantWordsError(
            f"The grant would end on {until_at:%Y-%m-%d}, before it begins on {from_at:%Y-%m-%d}."
        )


def _require(model: type[Record], keys: Iterable[UUID], *, what: str) -> None:
    wanted = set(keys)
    rows = model._default_manager.filter(pk__in=wanted)  # noqa: SLF001 -- documented name
    found = set(rows.values_list("pk", flat=True))
    if missing := sorted(str(key) for key in wanted - found):
        raise NotFoundError(f"There is no {what} {', '.join(missing)}.", missing=missing)
