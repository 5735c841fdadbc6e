"""One rate into the table: what it did there."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from bandstand.tax.models import TaxRate
from bandstand.tax.rules import Rate

LOCK: Final = "tax.rates"


class RateOutcome(StrEnum):
    """What became of a rate."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def put_rate(rate: Rate, *, actor: str, now: datetime) -> RateOutcome:
    """
    Write a rate, or correct the one of the same jurisdiction and beginning.

    Quotes keep what they were reckoned by, so a correction changes nothing that was sold.
    Lock: the caller holds ``LOCK``.
    """
    facts = {
        "title": rate.title,
        "kind": rate.kind.value,
        "rate_ppm": rate.rate_ppm,
        "until_date": rate.until_date,
        "source": rate.source,
    }
    found = TaxRate.objects.filter(
        jurisdiction=rate.jurisdiction, is_estimate=rate.is_estimate, from_date=rate.from_date
    ).first()
    if found is None:
        TaxRate.objects.create(
            jurisdiction=rate.jurisdiction,
            is_estimate=rate.is_estimate,
            from_date=rate.from_date,
            loaded_at=now,
            loaded_by=actor,
            **facts,
        )
        return RateOutcome.ADDED
    if all(getattr(found, name) == value for name, value in facts.items()):
        return RateOutcome.UNCHANGED
    for name, value in (*facts.items(), ("loaded_at", now), ("loaded_by", actor)):
        setattr(found, name, value)
    found.save(update_fields=[*facts, "loaded_at", "loaded_by"])
    return RateOutcome.CHANGED
