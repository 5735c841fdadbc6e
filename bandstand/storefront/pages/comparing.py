"""Two to four phones side by side on the shop's network. Unknown is not no."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import ComparedPhone, VariantRow
from bandstand.catalogue.rules import CatalogueNotFoundError
from bandstand.kernel.words import Answer
from bandstand.radio import Tier
from bandstand.storefront.art.bars import FitBadge
from bandstand.storefront.art.phone_art import phone_svg
from bandstand.storefront.pages.cards import badge, shape_of
from bandstand.storefront.pages.fits import TECHNOLOGIES, answers
from bandstand.storefront.pages.on_sale import LowestOffer, cheapest
from bandstand.storefront.pages.skyline import band_label
from bandstand.storefront.shop import Shop

COMPARED_MAX: Final = 4
COMPARED_MIN: Final = 2
STATE_OF_TIER: Final = {
    Tier.FULL: "yes",
    Tier.GOOD: "yes",
    Tier.LIMITED: "partial",
    Tier.UNKNOWN: "unknown",
}
STATE_WORDS: Final = {
    "yes": "has",
    "no": "lacks",
    "partial": "in part",
    "unknown": "not known whether it has",
}


@dataclass(frozen=True, slots=True)
class BandChip:
    """One band of the network, and whether the phone has it."""

    label: str
    state: str
    words: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """What one phone says to one question."""

    text: str
    state: str = ""
    url: str = ""
    chips: tuple[BandChip, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One question to all phones."""

    question: str
    cells: tuple[Cell, ...]
    note: str = ""

    @property
    def is_same(self) -> bool:
        """Whether every phone gives the same answer; not known differs from no."""
        return len({(one.text, one.state, one.chips) for one in self.cells}) == 1


@dataclass(frozen=True, slots=True)
class Column:
    """One phone at the top of its column."""

    title: str
    detail: str
    art_svg: str
    tone: str
    fit: FitBadge
    check_url: str
    without_url: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A phone that may have been meant, and the comparison with it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ComparePage:
    """What the page says."""

    network_name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    is_differences: bool
    hidden: int
    switch_url: str
    slugs: tuple[str, ...]
    may_add: bool
    needs_more: bool
    added: str
    problems: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]


def compare_url(slugs: Sequence[str], *, is_differences: bool = False) -> str:
    """Return the address of a comparison; it says everything, so it can be shared."""
    said = [("v", slug) for slug in slugs]
    if is_differences:
        said.append(("differences", "1"))
    return f"/compare/?{urlencode(said)}" if said else "/compare/"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    slugs: tuple[str, ...]
    added: str = ""
    is_differences: bool = False

    def with_phone(self, slug: str) -> str:
        """Return the address with one phone more."""
        slugs = dict.fromkeys((*self.slugs, slug))
        return compare_url(tuple(slugs), is_differences=self.is_differences)

    def without(self, slug: str) -> str:
        """Return the address with one phone less."""
        left = [one for one in self.slugs if one != slug]
        return compare_url(left, is_differences=self.is_differences)


def compare_page(
    wanted: Wanted,
    *,
    found: Sequence[VariantRow] = (),
    refused: CatalogueNotFoundError | None = None,
    shop: Shop,
    now: datetime,
) -> ComparePage:
    """Return the comparison; ``found`` are several versions of the phone that was to be added."""
    variants = catalogue.phones_by_slug(list(wanted.slugs))[:COMPARED_MAX]
    phones = catalogue.compared(variants, network_id=shop.network.id, on=shop.today(now))
    offers = cheapest([one.id for one in variants], shop=shop)
    rows = tuple(_rows(phones, offers=offers)) if phones else ()
    is_cut = wanted.is_differences and len(phones) >= COMPARED_MIN
    shown = tuple(one for one in rows if not (is_cut and one.is_same))
    slugs = tuple(one.slug for one in variants)
    return ComparePage(
        network_name=shop.network.name,
        columns=tuple(_column(one, wanted=wanted) for one in phones),
        rows=shown,
        is_differences=wanted.is_differences,
        hidden=len(rows) - len(shown),
        switch_url=compare_url(slugs, is_differences=not wanted.is_differences),
        slugs=slugs,
        may_add=len(slugs) < COMPARED_MAX,
        needs_more=len(slugs) < COMPARED_MIN,
        added=wanted.added,
        problems=tuple(_problems(wanted, slugs=slugs, refused=refused)),
        suggestions=tuple(_suggestions(wanted, found=found, refused=refused)),
    )


def _problems(
    wanted: Wanted, *, slugs: tuple[str, ...], refused: CatalogueNotFoundError | None
) -> Iterator[str]:
    if refused is not None:
        yield refused.message
    if len(wanted.slugs) > COMPARED_MAX:
        yield "Four phones fit side by side; take one away to add another."
    unknown = [one for one in wanted.slugs[:COMPARED_MAX] if one not in slugs]
    for slug in unknown:
        yield f"The address names a phone that we do not know, “{slug[:60]}”; it is left out."


def _suggestions(
    wanted: Wanted, *, found: Sequence[VariantRow], refused: CatalogueNotFoundError | None
) -> Iterator[Suggestion]:
    for one in found:
        said = " · ".join(part for part in (one.title, one.code, one.region) if part)
        yield Suggestion(said, wanted.with_phone(one.slug))
    near = refused.fields.get("near") if refused is not None else None
    for name in near if isinstance(near, list) else ():
        asked = [*(("v", slug) for slug in wanted.slugs), ("add", str(name))]
        yield Suggestion(str(name), f"/compare/?{urlencode(asked)}")


def _column(one: ComparedPhone, *, wanted: Wanted) -> Column:
    row = one.variant
    shape = shape_of(brand=row.brand, model=row.model, category=row.category, colour="")
    return Column(
        title=row.title,
        detail=" · ".join(part for part in (row.code, row.region) if part),
        art_svg=phone_svg(shape),
        tone=shape.tone,
        fit=badge(one.fit.verdict.tier.value, label=one.fit.label),
        check_url=f"/check/?{urlencode({'v': row.slug})}",
        without_url=wanted.without(row.slug),
    )


def _rows(phones: Sequence[ComparedPhone], *, offers: dict[UUID, LowestOffer]) -> Iterator[Row]:
    yield Row("In one line", tuple(_verdict_cell(one) for one in phones))
    bodies = [one.fit.verdict.as_json() for one in phones]
    asked = [
        list(answers(body, esim=one.esim, psim=one.psim))
        for body, one in zip(bodies, phones, strict=True)
    ]
    for cells in zip(*asked, strict=True):
        yield Row(cells[0].question, tuple(Cell(one.answer, one.state) for one in cells))
    yield Row("5G", tuple(_five_g_cell(one) for one in phones))
    yield from _band_rows(phones)
    low, high = "Main bands below 1 GHz", "Main bands above 1 GHz"
    yield Row(
        low,
        tuple(_share_cell(one.fit.verdict.coverage.low) for one in phones),
        "reach: indoors and in the country",
    )
    yield Row(
        high, tuple(_share_cell(one.fit.verdict.coverage.high) for one in phones), "speed: in town"
    )
    yield Row(
        "Certainty",
        tuple(Cell(one.fit.verdict.confidence.value) for one in phones),
        "the weakest fact behind the verdict",
    )
    yield Row(
        "Here from",
        tuple(_price_cell(offers.get(one.variant.id)) for one in phones),
        "the whole price, outright",
    )


def _verdict_cell(one: ComparedPhone) -> Cell:
    return Cell(one.fit.sentence, STATE_OF_TIER.get(one.fit.verdict.tier, "no"))


def _five_g_cell(one: ComparedPhone) -> Cell:
    nr = one.fit.verdict.nr
    if one.fit.nr is Answer.YES:
        modes = [
            word
            for word, said in (("standalone", nr.sa), ("beside 4G", nr.nsa))
            if said is Answer.YES
        ]
        return Cell(f"Works, {' and '.join(modes)}", "yes")
    if one.fit.nr is Answer.NO:
        return Cell("No", "no")
    return Cell("Not known", "unknown")


def _band_rows(phones: Sequence[ComparedPhone]) -> Iterator[Row]:
    rats = dict.fromkeys(band.rat for one in phones for band in one.bands)
    for rat in rats:
        yield Row(
            f"{TECHNOLOGIES.get(rat, rat)} bands",
            tuple(_chips_cell(one, rat=rat) for one in phones),
            "of the network’s; main bands are bold",
        )


def _chips_cell(one: ComparedPhone, *, rat: str) -> Cell:
    chips = tuple(
        BandChip(
            label=band_label(rat=band.rat, name=band.band),
            state=band.has_it.value,
            words=STATE_WORDS[band.has_it.value],
            is_main=band.role == "primary",
        )
        for band in one.bands
        if band.rat == rat
    )
    return Cell("", "", chips=chips)


def _share_cell(share: int | None) -> Cell:
    if share is None:
        return Cell("Not known", "unknown")
    state = "yes" if share == 100 else "partial" if share else "no"  # noqa: PLR2004 -- per cent
    return Cell(f"{share} %", state)


def _price_cell(offer: LowestOffer | None) -> Cell:
    return Cell(offer.price, url=offer.url) if offer else Cell("Not on our shelf")
