"""What a provider answered about a thing at a place, if it is still good."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from bandstand.kernel.canonical import sha256_hex
from bandstand.money import Money
from bandstand.tax.models import ProviderAnswer
from bandstand.tax.rules import EngineName, LineTax, Rate, RatePart, TaxableThing, TaxAsk, TaxKind

PROVIDER_NAMES = {EngineName.STRIPE: "Stripe Tax"}


def answer_keys(ask: TaxAsk, *, engine: EngineName) -> Mapping[UUID, str]:
    """
    Return under which key the answer about each thing is kept.

    Two of the same thing are two questions, and two baskets never share one: each calculation is
    recorded for one sale.
    """
    seen: dict[tuple[UUID, int, str], int] = {}
    keys: dict[UUID, str] = {}
    for thing in sorted(ask.things, key=lambda one: (one.offer_id, one.key)):
        what = (thing.offer_id, thing.price.minor, thing.price.currency)
        seen[what] = seen.get(what, 0) + 1
        keys[thing.key] = _key(ask, thing, engine=engine, number=seen[what])
    return keys


def answered(ask: TaxAsk, *, engine: EngineName, now: datetime) -> Mapping[UUID, LineTax] | None:
    """Return the tax of each thing as the provider told it; None unless it told all of them."""
    keys = answer_keys(ask, engine=engine)
    rows = {
        one.key: one
        for one in ProviderAnswer.objects.filter(key__in=keys.values(), expires_at__gt=now)
    }
    if len(rows) != len(set(keys.values())):
        return None
    return {one.key: _line(one.price, rows[keys[one.key]], engine=engine) for one in ask.things}


def _key(ask: TaxAsk, thing: TaxableThing, *, engine: EngineName, number: int) -> str:
    place = ask.place
    return sha256_hex(
        {
            "engine": engine.value,
            "scope": ask.scope,
            "market": ask.market,
            "place": [_plain(one) for one in (
                place.country, place.area, place.postal_code, place.plus_four, place.city,
                place.street,
            )],
            "offer": str(thing.offer_id),
            "price": [thing.price.minor, thing.price.currency],
            "number": number,
        }
    )  # fmt: skip


def _plain(text: str) -> str:
    """Return an address's field as it is whoever wrote it: as typed, or as put in order."""
    return " ".join(text.casefold().split())


def _line(price: Money, one: ProviderAnswer, *, engine: EngineName) -> LineTax:
    body = one.body
    return LineTax(
        price=price,
        tax=Money(body["tax_minor"], price.currency),
        rate=Rate(
            jurisdiction=body["jurisdiction"],
            title=body["title"],
            kind=TaxKind(body["kind"]),
            rate_ppm=body["rate_ppm"],
            from_date=one.asked_at.date(),
            until_date=None,
            source=f"{PROVIDER_NAMES[engine]}, {one.ref}, asked {one.asked_at:%Y-%m-%d}",
            is_estimate=False,
            parts=tuple(RatePart(**part) for part in body["parts"]),
        ),
        provider_ref=one.ref,
    )
