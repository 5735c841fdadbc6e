"""What brands have published and granted, and the path of a right in plain words."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from bandstand.rights.models import BrandStatement, Grant
from bandstand.rights.paths import RightStep, steps_of
from bandstand.rights.queries.facts import facts_for
from bandstand.rights.rules import ChannelStatus, Condition, GrantFact, StatementFact, decide
from bandstand.rights.rules.frozen import thaw

GRANTS_OVER_SQL: Final = """
select rights_grants_json(array(select id from rights_grant where brands && %s::uuid[]),
                          clock_timestamp())::text"""


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
    return steps_of(decide(facts), facts=facts, sources=sources_of_grants(facts.grants))


def sources_of_grants(grants: Iterable[GrantFact]) -> dict[UUID, str]:
    """Return where each grant is written."""
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
        (text,) = cursor.fetchone()
    found = [thaw(GrantFact, one) for one in json.loads(text)]
    return sorted(found, key=lambda one: (one.from_at, one.id), reverse=True)
