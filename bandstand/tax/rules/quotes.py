"""What a tax quote says, so that it can be read back and checked later. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from bandstand.money import Money
from bandstand.tax.rules.places import Place
from bandstand.tax.rules.reckoning import LineTax, Rate, RatePart
from bandstand.tax.rules.words import EngineName, Scheme, TaxKind

FORMAT: Final = "bandstand-tax-quote/1"


@dataclass(frozen=True, slots=True)
class TaxableThing:
    """One thing that is sold: its key to the asker, its offer, its price, whether it is used."""

    key: UUID
    offer_id: UUID
    price: Money
    is_used: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxAsk:
    """Things sold together in a market, delivered to one place."""

    market: str
    place: Place
    things: tuple[TaxableThing, ...]
    scope: str = ""
    """Whose basket it is: two buyers never share a provider's calculation."""


def quote_body(
    line: LineTax, *, ask: TaxAsk, subject_id: UUID, engine: EngineName, on: date
) -> dict[str, Any]:
    """Return a quote in plain JSON values: everything that it was reckoned from."""
    rate = line.rate
    return {
        "format": FORMAT,
        "engine": engine.value,
        "subject": str(subject_id),
        "market": ask.market,
        "on": on.isoformat(),
        "place": {
            "country": ask.place.country,
            "area": ask.place.area,
            "postal_code": ask.place.postal_code,
        },
        "currency": line.price.currency,
        "price_minor": line.price.minor,
        "tax_minor": line.tax.minor,
        "scheme": line.scheme.value,
        "acquired_for_minor": None if line.acquired_for is None else line.acquired_for.minor,
        "rate": {
            "jurisdiction": rate.jurisdiction,
            "title": rate.title,
            "kind": rate.kind.value,
            "rate_ppm": rate.rate_ppm,
            "from_date": rate.from_date.isoformat(),
            "until_date": None if rate.until_date is None else rate.until_date.isoformat(),
            "source": rate.source,
            "is_estimate": rate.is_estimate,
            **_doubts_body(rate),
        },
        **({"provider_ref": line.provider_ref} if line.provider_ref else {}),
    }


def read_quote(body: Mapping[str, Any]) -> LineTax:
    """Return the tax that a stored quote told."""
    rate, currency = body["rate"], body["currency"]
    until, cost = rate["until_date"], body["acquired_for_minor"]
    return LineTax(
        price=Money(body["price_minor"], currency),
        tax=Money(body["tax_minor"], currency),
        scheme=Scheme(body["scheme"]),
        acquired_for=None if cost is None else Money(cost, currency),
        rate=Rate(
            jurisdiction=rate["jurisdiction"],
            title=rate["title"],
            kind=TaxKind(rate["kind"]),
            rate_ppm=rate["rate_ppm"],
            from_date=date.fromisoformat(rate["from_date"]),
            until_date=None if until is None else date.fromisoformat(until),
            source=rate["source"],
            is_estimate=rate["is_estimate"],
            parts=tuple(RatePart(**part) for part in rate.get("parts", ())),
            note=rate.get("note", ""),
        ),
        provider_ref=body.get("provider_ref", ""),
    )


def _doubts_body(rate: Rate) -> dict[str, Any]:
    """Return who levies a rate and what was in doubt; nothing where there is neither."""
    body: dict[str, Any] = {}
    if rate.parts:
        body["parts"] = [
            {"kind": one.kind, "code": one.code, "name": one.name, "rate_ppm": one.rate_ppm}
            for one in rate.parts
        ]
    if rate.note:
        body["note"] = rate.note
    return body
