"""
The rates that come with the shop: EU and neighbouring standard rates, and US state estimates.

Source: ``eu-vat-rates-data`` (European Commission, Taxes in Europe Database; the version is kept
with each rate); ``tables/us_states.csv``, estimates that are to be checked.
"""

import csv
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import eu_vat_rates_data as vat
from django.db import transaction

from bandstand.plumbing import audit, locks
from bandstand.tax.models import TaxRate
from bandstand.tax.rules import WHOLE_PPM, Rate, TaxKind, parse_percent
from bandstand.tax.services.outcomes import LOCK, RateOutcome, put_rate
from bandstand.tax.tables import US_STATES

PERCENT: Final = 100


@transaction.atomic
def load_embedded_rates(*, now: datetime, actor: str) -> int:
    """
    Bring the shipped rates into the table; return how many were new or changed.

    Lock: one load or import of rates at a time.
    """
    locks.lock(LOCK)
    outcomes = [put_rate(one, actor=actor, now=now) for one in (*_vat_rates(), *_us_estimates())]
    changed = sum(one is not RateOutcome.UNCHANGED for one in outcomes)
    if changed:
        audit.record(
            actor=actor, action="tax.rates", subject="embedded", now=now, changed=str(changed)
        )
    return changed


def _vat_rates() -> list[Rate]:
    read_on = date.fromisoformat(vat.data_version)
    source = f"eu-vat-rates-data {vat.data_version} (Taxes in Europe Database)"
    standing = {
        one.jurisdiction: one
        for one in TaxRate.objects.filter(kind=TaxKind.VAT.value, until_date=None).order_by(
            "from_date"
        )
    }
    rates = []
    for country, row in sorted(vat.get_all_rates().items()):
        ppm = int(Decimal(str(row["standard"])) * WHOLE_PPM / PERCENT)
        known = standing.get(country)
        if known is None or known.rate_ppm != ppm:
            rates.append(_vat_rate(country, row["country"], ppm=ppm, since=read_on, source=source))
    return rates


def _vat_rate(country: str, title: str, *, ppm: int, since: date, source: str) -> Rate:
    return Rate(
        jurisdiction=country,
        title=title,
        kind=TaxKind.VAT,
        rate_ppm=ppm,
        from_date=since,
        until_date=None,
        source=source,
        is_estimate=False,
    )


def _us_estimates() -> list[Rate]:
    with US_STATES.open(encoding="utf-8", newline="") as file:
        return [
            Rate(
                jurisdiction=row["jurisdiction"],
                title=row["title"],
                kind=TaxKind(row["kind"]),
                rate_ppm=parse_percent(row["rate_percent"]),
                from_date=date.fromisoformat(row["from"]),
                until_date=None,
                source=row["source"],
                is_estimate=True,
            )
            for row in csv.DictReader(file)
        ]
