"""Reads of the rights room: the facts of a decision, and the path of a right in plain words."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from bandstand.catalogue.models import Brand, Category, Market
from bandstand.kernel.errors import NotFoundError, near_matches
from bandstand.kernel.words import Ground
from bandstand.parties.models import Party
from bandstand.rights.models import Approval, BrandStatement, Grant, SalePolicy
from bandstand.rights.paths import RightStep, steps_of
from bandstand.rights.rules import (
    LINKS_MAX,
    ApprovalFact,
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    GrantFact,
    GrantLevel,
    GrantScope,
    MarketFact,
    PolicyFact,
    RightsFacts,
    SellerFact,
    StatementFact,
    SubjectFact,
    decide,
)

SUBJECT_SQL: Final = """
select v.model_id, b.name || ' ' || m.name || ' (' || v.code || ')', v.is_radio,
  array(with recursive up(id, parent_id, depth) as (
      select b.id, b.parent_id, 1
      union all select p.id, p.parent_id, depth + 1 from catalogue_brand p join up on p.id =
      up.parent_id
       where depth < 32) select id from up order by depth),
  array(with recursive up(id, parent_id, depth) as (
      select c.id, c.parent_id, 1
      union all select p.id, p.parent_id, depth + 1 from catalogue_category p join up on p.id =
      up.parent_id
       where depth < 32) select id from up order by depth)
  from catalogue_variant v
  join catalogue_devicemodel m on m.id = v.model_id
  join catalogue_brand b on b.id = m.brand_id
  join catalogue_category c on c.id = m.category_id
 where v.id = %s"""

GRANT_ROWS_SQL: Final = """
select g.id, g.grantee_id, e.trading_name, g.issuer_brand_id, g.issuer_party_id,
       coalesce(b.name, i.trading_name), g.brands, g.categories, g.markets, g.conditions,
       g.models_only, g.from_at, g.until_at, g.level, g.parent_id, g.delegate_depth,
       g.sell_off_until, g.status_checked_at, g.revoked_at, g.revoke_reason
  from rights_grant g
  join parties_party e on e.id = g.grantee_id
  left join catalogue_brand b on b.id = g.issuer_brand_id
  left join parties_party i on i.id = g.issuer_party_id
"""
UP_SQL: Final = """
with recursive up(id, parent_id, depth) as (
    select id, parent_id, 1 from rights_grant where grantee_id = %s
    union all select g.id, g.parent_id, depth + 1 from rights_grant g join up on g.id = up.parent_id
     where depth <= %s)"""
GRANTS_SQL: Final = UP_SQL + GRANT_ROWS_SQL + " where g.id in (select id from up)"  # noqa: S608 -- constants only
GRANTS_OVER_SQL: Final = (
    GRANT_ROWS_SQL + " where g.brands && %s::uuid[] order by g.from_at desc, g.id"
)


def facts_for(
    *,
    seller_id: UUID,
    variant_id: UUID,
    market: str,
    condition: str,
    at: datetime,
    stocked_at: datetime | None = None,
    sold_at: datetime | None = None,
) -> RightsFacts:
    """
    Fetch everything that a rights decision at an instant rests on.

    Raises: NotFoundError if the seller, the variant or the market is not known.
    """
    subject, place = subject_of(variant_id), market_fact(market)
    grants = _grants(seller_id)
    return RightsFacts(
        at=at,
        seller=_seller(seller_id),
        subject=subject,
        market=place,
        condition=Condition(condition),
        statements=_statements(subject, place),
        grants=grants,
        approvals=_approvals(subject, place),
        policies=_policies(subject, place),
        names=_names(subject, grants),
        stocked_at=stocked_at,
        sold_at=sold_at,
    )


def subject_of(variant_id: UUID) -> SubjectFact:
    """
    Return what a variant is, by the catalogue's record.

    Raises: NotFoundError if there is no such variant.
    """
    with connection.cursor() as cursor:
        cursor.execute(SUBJECT_SQL, [variant_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError(f"There is no variant {variant_id}.", variant_id=str(variant_id))
    model_id, name, is_radio, brands, categories = row
    return SubjectFact(
        id=variant_id,
        name=name,
        model_id=model_id,
        brand_path=tuple(brands),
        category_path=tuple(categories),
        is_radio=is_radio,
    )


def market_fact(code: str) -> MarketFact:
    """
    Return a market by its code.

    Raises: NotFoundError naming near matches.
    """
    name = Market.objects.filter(pk=code).values_list("name", flat=True).first()
    if name is None:
        known = list(Market.objects.order_by("code").values_list("code", flat=True))
        near = near_matches(code, known) or known
        raise NotFoundError(f"There is no market “{code}”. Known: {', '.join(near)}.", near=near)
    return MarketFact(code, name)


def right_path(
    *,
    seller_id: UUID,
    variant_id: UUID,
    market: str,
    at: datetime,
    condition: str = Condition.NEW.value,
) -> tuple[RightStep, ...]:
    """Return, step by step in plain words, why a seller may or may not sell a variant."""
    facts = facts_for(
        seller_id=seller_id, variant_id=variant_id, market=market, condition=condition, at=at
    )
    return steps_of(decide(facts), facts=facts, sources=_sources(facts.grants))


def _seller(seller_id: UUID) -> SellerFact:
    row = (
        Party.objects.filter(pk=seller_id)
        .values_list("trading_name", "verified_at", "suspended_at")
        .first()
    )
    if row is None:
        raise NotFoundError(f"There is no seller {seller_id}.", seller_id=str(seller_id))
    return SellerFact(seller_id, *row)


def _grants(seller_id: UUID) -> tuple[GrantFact, ...]:
    with connection.cursor() as cursor:
        cursor.execute(GRANTS_SQL, [seller_id, LINKS_MAX])
        return tuple(_grant(row) for row in cursor.fetchall())


def _grant(row: Sequence[Any]) -> GrantFact:
    scope = GrantScope(
        brands=frozenset(row[6]),
        categories=frozenset(row[7]),
        markets=frozenset(row[8]),
        conditions=frozenset(map(Condition, row[9])),
        models=frozenset(row[10]),
    )
    return GrantFact(
        id=row[0],
        grantee_id=row[1],
        grantee_name=row[2],
        issuer_brand_id=row[3],
        issuer_party_id=row[4],
        issuer_name=row[5],
        scope=scope,
        from_at=row[11],
        until_at=row[12],
        level=GrantLevel(row[13]),
        parent_id=row[14],
        delegate_depth=row[15],
        sell_off_until=row[16],
        status_checked_at=row[17],
        revoked_at=row[18],
        revoke_reason=row[19],
    )


def _statements(subject: SubjectFact, market: MarketFact) -> tuple[StatementFact, ...]:
    rows = BrandStatement.objects.filter(
        brand__in=subject.brand_path, market=market.code
    ).select_related("brand")
    return tuple(
        StatementFact(
            id=row.id,
            brand_id=row.brand_id,
            brand_name=row.brand.name,
            include_sub_brands=row.include_sub_brands,
            market=row.market_id,
            category_id=row.category_id,
            status=ChannelStatus(row.status),
            source=row.source,
            from_at=row.from_at,
            until_at=row.until_at,
        )
        for row in rows
    )


def _approvals(subject: SubjectFact, market: MarketFact) -> tuple[ApprovalFact, ...]:
    return tuple(
        ApprovalFact(
            id=row.id,
            scheme=ApprovalScheme(row.scheme),
            reference=row.reference,
            state=ApprovalState(row.state),
            responsible_person=row.responsible_person,
            from_at=row.from_at,
            until_at=row.until_at,
        )
        for row in Approval.objects.filter(variant=subject.id, market=market.code)
    )


def _policies(subject: SubjectFact, market: MarketFact) -> tuple[PolicyFact, ...]:
    return tuple(
        PolicyFact(
            id=row.id,
            market=row.market_id,
            category_id=row.category_id,
            condition=Condition(row.condition),
            needs_grant=row.needs_grant,
            min_level=GrantLevel(row.min_level),
            needs_approval=row.needs_approval,
            ground=Ground(row.ground),
            version=row.version,
            from_at=row.from_at,
            until_at=row.until_at,
        )
        for row in SalePolicy.objects.all()
        if row.market_id in {None, market.code}
        and (row.category_id is None or row.category_id in subject.category_path)
    )


def _names(subject: SubjectFact, grants: Iterable[GrantFact]) -> dict[UUID, str]:
    brands, categories = set(subject.brand_path), set(subject.category_path)
    for grant in grants:
        brands |= grant.scope.brands
        categories |= grant.scope.categories
    named = dict(Brand.objects.filter(pk__in=brands).values_list("id", "name"))
    return named | dict(Category.objects.filter(pk__in=categories).values_list("id", "name"))


def _sources(grants: Iterable[GrantFact]) -> dict[UUID, str]:
    keys = [grant.id for grant in grants]
    return dict(Grant.objects.filter(pk__in=keys).values_list("id", "evidence"))


def statements_by(brand_ids: Iterable[UUID]) -> list[StatementFact]:
    """Return what brands have published about their channels, newest first."""
    rows = BrandStatement.objects.filter(brand__in=list(brand_ids)).select_related("brand")
    return [
        StatementFact(
            id=row.id,
            brand_id=row.brand_id,
            brand_name=row.brand.name,
            include_sub_brands=row.include_sub_brands,
            market=row.market_id,
            category_id=row.category_id,
            status=ChannelStatus(row.status),
            source=row.source,
            from_at=row.from_at,
            until_at=row.until_at,
        )
        for row in rows.order_by("-from_at", "-id")
    ]


def grants_over(brand_ids: Iterable[UUID]) -> list[GrantFact]:
    """Return the grants that name any of the brands, at whatever link of a chain, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(GRANTS_OVER_SQL, [list(brand_ids)])
        return [_grant(row) for row in cursor.fetchall()]
