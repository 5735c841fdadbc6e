"""The stock that a step of a sequence speaks of."""

from typing import Final

from bandstand.config.cases.fields import Part
from bandstand.config.cases.play import Play
from bandstand.config.cases.questions import condition_of
from bandstand.config.cases.stock import Stock, draft

NO_UNIT: Final = Part({}, where="unit")


def stock_in(play: Play, step: Part, *, unit: Part = NO_UNIT) -> Stock:
    """Return the stock that a step speaks of, remembering the name of its listing."""
    world = play.world
    named = step.first("listing", "id")
    name = step.text(named) if named else ""
    stock = Stock(
        variant=step.text("variant"),
        seller_id=world.party(step.text("seller"), where=step.where).id,
        market=world.market_of(
            step.text("deliver_to", step.text("market", "US")), where=step.where
        ),
        condition=condition_of(step.text("condition", "new"), where=step.where),
        custody=step.raw("custody", play.custody),
        unit=step.part("unit") if "unit" in step else unit,
        at=play.at,
        listing=name,
    )
    if name:
        world.listings[name] = draft(world, stock)
    return stock
