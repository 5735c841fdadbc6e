"""What the demo shop takes off its plans. The promotions are invented, like its prices."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Final

from bandstand.catalogue import queries as catalogue
from bandstand.money import parse_money
from bandstand.promotions.queries import promotion_page
from bandstand.promotions.rules import OnPayoff, PromotionScope, PromotionState
from bandstand.promotions.services import PromotionTerms, make_promotion, start_promotion

PROMOTIONS: Final = Path(__file__).with_name("promotions.csv")


def promotions_run(*, market: str, actor: str, from_at: datetime, now: datetime) -> int:
    """Start the promotions of the demo; return how many."""
    with PROMOTIONS.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        terms = _terms(row, market=market, from_at=from_at)
        made = make_promotion(terms=terms, actor=actor, now=now)
        if promotion_page(made).promotion.state is PromotionState.DRAFT:
            start_promotion(promotion_id=made, actor=actor, now=now)
    return len(rows)


def _terms(row: dict[str, str], *, market: str, from_at: datetime) -> PromotionTerms:
    currency = catalogue.market(market).currency
    return PromotionTerms(
        market=market,
        name=row["name"],
        words=row["words"],
        conditions=row["conditions"],
        amount=parse_money(row["amount"], currency),
        credits_count=int(row["credits"]),
        on_payoff=OnPayoff(row["on_payoff"]),
        from_at=from_at,
        scope=PromotionScope(
            brand_id=catalogue.brand_by_slug(row["brand"]).id,
            condition=row["condition"],
            months=int(row["months"]),
            price_minimum=parse_money(row["price_from"], currency),
        ),
        uses_max=int(row["uses_max"]) if row["uses_max"] else None,
    )
