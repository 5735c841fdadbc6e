"""The network today and later: what is on the air, what ends, and which phones that touches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import BandChange, ChangeKind, NetworkDay, NetworkOutlook
from bandstand.catalogue.rules import CELLULAR
from bandstand.offers import queries as offers
from bandstand.storefront.art.bars import skyline_svg
from bandstand.storefront.pages.fits import TECHNOLOGIES
from bandstand.storefront.pages.skyline import band_label, bands_on_air
from bandstand.storefront.pages.words import day_text
from bandstand.storefront.shop import Shop

ONE_DAY: Final = timedelta(days=1)
VERBS: Final = {
    ChangeKind.BEGINS: "goes on the air",
    ChangeKind.ALTERS: "is used in another role",
    ChangeKind.ENDS: "is switched off",
}
MANY_VERBS: Final = {
    ChangeKind.BEGINS: "go on the air",
    ChangeKind.ALTERS: "are used in other roles",
    ChangeKind.ENDS: "are switched off",
}


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """One day on which the network changes."""

    when_iso: str
    when_text: str
    what: str
    standing: str
    standing_kind: str
    effect: str
    sources: tuple[str, ...]
    certainty: str
    state: str


@dataclass(frozen=True, slots=True)
class AirLine:
    """What one technology runs on today."""

    label: str
    main: str
    other: str


@dataclass(frozen=True, slots=True)
class NetworkView:
    """One network of the operator."""

    name: str
    code: str
    host: str
    skyline: str
    air: tuple[AirLine, ...]
    days: tuple[TimelineDay, ...]
    earlier: tuple[TimelineDay, ...]


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """What the page says."""

    operator_name: str
    today_iso: str
    today_text: str
    phones: int
    networks: tuple[NetworkView, ...]


def network_page(shop: Shop, *, now: datetime) -> NetworkPage:
    """Return the networks that the operator's plans run on, today and later."""
    on = shop.today(now)
    on_shelf = set(
        offers.offers_on_sale(market=shop.market.code)
        .filter(variant__model__category__slug__in=CELLULAR)
        .values_list("variant_id", flat=True)
    )
    networks = [one.id for one in catalogue.operator_networks()]
    found = catalogue.outlooks(networks, variant_ids=on_shelf, on=on)
    return NetworkPage(
        operator_name=shop.operator_name,
        today_iso=on.isoformat(),
        today_text=day_text(on),
        phones=len(on_shelf),
        networks=tuple(_view(one, phones=len(on_shelf), shop=shop, now=now) for one in found),
    )


def _view(one: NetworkOutlook, *, phones: int, shop: Shop, now: datetime) -> NetworkView:
    return NetworkView(
        name=one.network.name,
        code=one.network.code,
        host=one.host,
        skyline=skyline_svg(bands_on_air(one.on_air, on=shop.today(now))),
        air=tuple(_air(one)),
        days=tuple(_day(day, effect=_effect(day, phones=phones)) for day in one.days),
        earlier=tuple(replace(_day(day, effect=""), standing="") for day in one.earlier),
    )


def _air(one: NetworkOutlook) -> Iterator[AirLine]:
    for rat in ("NR", "LTE", "UMTS", "GSM"):
        rows = sorted(
            (row for row in one.on_air if row.rat == rat),
            key=lambda row: int("".join(filter(str.isdigit, row.band))),
        )
        main = [band_label(rat=rat, name=row.band) for row in rows if row.role == "primary"]
        other = [band_label(rat=rat, name=row.band) for row in rows if row.role != "primary"]
        if rows:
            yield AirLine(TECHNOLOGIES[rat], ", ".join(main), ", ".join(other))


def _day(day: NetworkDay, *, effect: str) -> TimelineDay:
    is_end = all(one.kind is ChangeKind.ENDS for one in day.changes)
    shown = day.on - ONE_DAY if is_end else day.on
    return TimelineDay(
        when_iso=shown.isoformat(),
        when_text=f"{day_text(shown)}{', the last day' if is_end else ''}",
        what="; ".join(_sentence(one) for one in day.changes),
        standing="confirmed" if day.is_confirmed else "announced, may move",
        standing_kind="" if day.is_confirmed else "part",
        effect=effect,
        sources=day.sources,
        certainty=day.certainty.value,
        state="part" if is_end else "later",
    )


def _sentence(one: BandChange) -> str:
    name = TECHNOLOGIES.get(one.rat, one.rat)
    if one.is_last and one.kind is ChangeKind.ENDS:
        return f"{name} ends"
    labels = [band_label(rat=one.rat, name=band) for band in one.bands]
    is_many = len(labels) > 1
    listed = f"{', '.join(labels[:-1])} and {labels[-1]}" if is_many else labels[0]
    verb = MANY_VERBS[one.kind] if is_many else VERBS[one.kind]
    return f"{name} band{'s' if is_many else ''} {listed} {verb}"


def _effect(day: NetworkDay, *, phones: int) -> str:
    said = f"{day.touched} of {phones} phones on the shelf use it" if phones else ""
    if day.worse:
        said += f"; {day.worse} would work less well here"
    if day.better:
        said += f"; {day.better} would work better"
    return said
