"""Reads the project's table of notices of refused credit (``tables/adverse_action.yaml``)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from bandstand.credit.rules.adverse_action import NoticeLaw
from bandstand.credit.rules.regimes import Source

TABLE: Final = Path(__file__).with_name("tables") / "adverse_action.yaml"


@cache
def notice_laws() -> Mapping[str, tuple[NoticeLaw, ...]]:
    """Return every row of the table, by its regime."""
    rows: dict[str, list[dict[str, Any]]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {name: tuple(_law(name, row) for row in found) for name, found in rows.items()}


def _law(regime: str, row: Mapping[str, Any]) -> NoticeLaw:
    return NoticeLaw(
        regime=regime,
        title=row["title"],
        declined=row["declined"],
        countered=row["countered"],
        rights=tuple(row["rights"]),
        automated=row["automated"],
        bureau=row["bureau"],
        days=row["days"],
        sources=tuple(
            Source(
                law=one["law"],
                read_on=one["read"] or None,
                from_on=one["from"],
                until_on=one.get("until"),
            )
            for one in row["sources"]
        ),
    )
