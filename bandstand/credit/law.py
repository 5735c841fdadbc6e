"""Reads the project's table of what credit law wants to be told (``tables/regimes.yaml``)."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from bandstand.credit.rules.regimes import LawItem, LawLimit, Regulation, Source, When
from bandstand.kernel.errors import NotFoundError
from bandstand.money.apr import Regime

TABLE: Final = Path(__file__).with_name("tables") / "regimes.yaml"


@cache
def regulations() -> Mapping[str, Regulation]:
    """Return every regime of the table, by its name."""
    rows: dict[str, dict[str, Any]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {name: _regulation(name, row) for name, row in rows.items()}


def regulation_of(regime: str) -> Regulation:
    """
    Return what a regime wants.

    Raises: NotFoundError for a regime without a table: nothing is lent on a guess.
    """
    found = regulations().get(Regime(regime).name)
    if found is None:
        raise NotFoundError(f"What {regime} wants to be told is not in the table.")
    return found


def _regulation(name: str, row: Mapping[str, Any]) -> Regulation:
    trigger = row["trigger_terms"]
    return Regulation(
        regime=name,
        name=row["name"],
        title=row["title"],
        rate_name=row["rate_name"],
        items=tuple(_item(one) for one in row["items"]),
        notices=tuple(_item(one) for one in row["notices"]),
        limits=tuple(
            LawLimit(
                one["key"],
                one.get("minor", one.get("count", 0)),
                one.get("currency", ""),
                _source(one),
            )
            for one in row["limits"]
        ),
        advertised=tuple(trigger["shows"]),
        advertising_source=_source(trigger),
    )


def _item(row: Mapping[str, Any]) -> LawItem:
    return LawItem(
        key=row["key"],
        label=row.get("label", row.get("title", "")),
        text=row["text"],
        note=row.get("note", ""),
        when=When(row.get("when", "always")),
        source=_source(row),
        is_boxed=bool(row.get("box")),
        is_loud=bool(row.get("loud")),
    )


def _source(row: Mapping[str, Any]) -> Source:
    return Source(
        law=row["law"],
        read_on=_day(row.get("read")),
        from_on=row["from"],
        until_on=_day(row.get("until")),
    )


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
