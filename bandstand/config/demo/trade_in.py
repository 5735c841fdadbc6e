"""What the demo shop gives for phones. The values are invented, like every price of the demo."""

import csv
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Final

from bandstand.catalogue import queries as catalogue
from bandstand.plumbing.clock import day_in
from bandstand.trade_in.rules import TradeInTerms
from bandstand.trade_in.services import import_values, set_trade_in_terms

VALUES: Final = Path(__file__).with_name("trade_in.csv")
GRADES: Final = ("good", "worn", "broken", "parts")


def phones_are_taken(*, market: str, actor: str, from_at: datetime, now: datetime) -> int:
    """List what phones bring in a market from today on; return how many values count."""
    set_trade_in_terms(
        terms=TradeInTerms(
            market=market,
            quote_days=14,
            arrive_days=21,
            remind_days=7,
            inspect_days=5,
            answer_days=14,
            send_to="Lark Mobile, Trade-in desk\n1 Quay Street\nSpringfield, IL 62701",
            source="Lark Mobile, terms of trade-in (invented for the demo)",
            from_at=from_at,
        ),
        actor=actor,
        now=now,
    )
    sheet = StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["phone", "grade", "value", "from"])
    today = day_in(catalogue.market(market).time_zone, at=now).isoformat()
    with VALUES.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            for phone in _versions(row["brand"], row["model"]):
                writer.writerows([phone, grade, row[grade], today] for grade in GRADES)
    done = import_values(
        market=market, raw=sheet.getvalue().encode(), apply=True, actor=actor, now=now
    )
    return len(done.lines)


def _versions(brand: str, model: str) -> list[str]:
    """Return every version of a model that a list can name: by its code, or as the only one."""
    found = catalogue.variants_of(brand, model)
    return [one.key for one in found if one.code or len(found) == 1]
