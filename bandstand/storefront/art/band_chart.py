"""
Draw a network's bands against a phone's: the picture behind the sentence "works, with gaps".

Solid = the phone has the band; dashed outline = the network uses it and the phone lacks it; half
filled = in part; dotted with a question mark = nobody knows. Tall = main band, middle = second,
short = in few places. Left of the line = below 1 GHz (reach), right = above (speed). One lane per
generation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest
from typing import Final

from bandstand.storefront.art import svg
from bandstand.storefront.art.svg import Box, Value


class ChartRole(StrEnum):
    """How much of the network stands on the band."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    LIMITED = "limited"


class HasIt(StrEnum):
    """Whether the phone has the band. Unknown is an answer."""

    YES = "yes"
    NO = "no"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


class ChartWidth(StrEnum):
    """The two drawings of one chart; the style sheet shows the one that fits."""

    WIDE = "wide"
    NARROW = "narrow"


@dataclass(frozen=True, slots=True)
class ChartBand:
    """One band that the network uses, and whether the phone has it."""

    rat: str
    band_label: str
    role: ChartRole
    below_1ghz: bool
    has_it: HasIt


@dataclass(frozen=True, slots=True)
class _Layout:
    """
    Measures of one drawing.

    Units: drawing units; the narrow drawing is as wide as the panel of a 360 pixel page, so that
    one unit is about one pixel and its labels stay readable.
    """

    width: float
    lane_label: float
    slot: float
    bar: float
    letter: float
    font: float
    heights: Mapping[ChartRole, float]
    reach_words: str
    speed_words: str


@dataclass(frozen=True, slots=True)
class _Lane:
    """The bars of one generation, broken into rows on either side of the line."""

    name: str
    low: tuple[tuple[ChartBand, ...], ...]
    high: tuple[tuple[ChartBand, ...], ...]


_LAYOUTS: Final[Mapping[ChartWidth, _Layout]] = {
    ChartWidth.WIDE: _Layout(
        width=720,
        lane_label=46,
        slot=50,
        bar=34,
        letter=8.4,
        font=14,
        heights={ChartRole.PRIMARY: 68, ChartRole.SECONDARY: 44, ChartRole.LIMITED: 22},
        reach_words="reach: below 1 GHz",
        speed_words="speed: above 1 GHz",
    ),
    ChartWidth.NARROW: _Layout(
        width=296,
        lane_label=30,
        slot=27,
        bar=19,
        letter=8.0,
        font=13,
        heights={ChartRole.PRIMARY: 52, ChartRole.SECONDARY: 34, ChartRole.LIMITED: 18},
        reach_words="reach",
        speed_words="speed",
    ),
}
_GENERATIONS: Final[Mapping[str, str]] = {
    "NR": "5G",
    "LTE": "4G",
    "UMTS": "3G",
    "TDSCDMA": "3G",
    "CDMA": "CDMA",
    "GSM": "2G",
}
_HEADER: Final = 24.0
_GAP: Final = 18.0
_LOW_SHARE_MAX: Final = 0.45
_SPREAD_MAX: Final = 1.4
_ROLE_WORDS: Final[Mapping[ChartRole, str]] = {
    ChartRole.PRIMARY: "main",
    ChartRole.SECONDARY: "second",
    ChartRole.LIMITED: "in few places",
}
_HAS_WORDS: Final[Mapping[HasIt, str]] = {
    HasIt.YES: "the phone has",
    HasIt.PARTIAL: "has in part",
    HasIt.NO: "lacks",
    HasIt.UNKNOWN: "not known",
}


def band_chart_svg(rows: Sequence[ChartBand], *, width: ChartWidth = ChartWidth.WIDE) -> str:
    """
    Return one drawing of the chart, named by its text equivalent; empty when there are no bands.

    Render both widths and let the style sheet show one: a hidden drawing is hidden from everybody.
    """
    if not rows:
        return ""
    layout = _spread(_LAYOUTS[width], rows=rows)
    line_x = _line_x(rows, layout=layout)
    lanes = [
        _lane(name, bands=bands, layout=layout, line_x=line_x)
        for name, bands in _by_generation(rows)
    ]
    drawn, bottom = [], _HEADER
    for lane in lanes:
        drawn.append(_lane_svg(lane, layout=layout, line_x=line_x, top=bottom))
        bottom += sum(_row_heights(lane, layout=layout))
    frame = _header_svg(layout=layout, line_x=line_x, bottom=bottom)
    return svg.drawing(
        frame,
        *drawn,
        w=layout.width,
        h=bottom,
        label=" ".join(band_chart_text(rows)),
        class_=f"band-chart band-chart-{width}",
    )


def band_chart_text(rows: Sequence[ChartBand]) -> tuple[str, ...]:
    """
    Say the chart in words, one sentence per generation.

    Shape: newest generation first; within a sentence has, has in part, lacks, not known.
    """
    return tuple(f"{name}: {_sentence(bands)}." for name, bands in _by_generation(rows))


def _sentence(bands: Sequence[ChartBand]) -> str:
    parts = []
    for has_it, words in _HAS_WORDS.items():
        named = [
            f"{band.band_label} ({_ROLE_WORDS[band.role]}{', reach' if band.below_1ghz else ''})"
            for band in bands
            if band.has_it == has_it
        ]
        if named:
            parts.append(f"{words} {', '.join(named)}")
    return "; ".join(parts)


def _by_generation(rows: Iterable[ChartBand]) -> list[tuple[str, list[ChartBand]]]:
    lanes: dict[str, list[ChartBand]] = {name: [] for name in _GENERATIONS.values()}
    for band in rows:
        lanes.setdefault(_GENERATIONS.get(band.rat, band.rat), []).append(band)
    # Tall before short: the eye meets what matters first.
    order = list(ChartRole)
    return [
        (name, sorted(bands, key=lambda band: order.index(band.role)))
        for name, bands in lanes.items()
        if bands
    ]


def _spread(layout: _Layout, *, rows: Sequence[ChartBand]) -> _Layout:
    """Widen the slots when there is room to spare, so that few bands still fill the chart."""
    lanes = [bands for _, bands in _by_generation(rows)]
    low = max(sum(band.below_1ghz for band in bands) for bands in lanes)
    high = max(sum(not band.below_1ghz for band in bands) for bands in lanes)
    room = layout.width - layout.lane_label - 2 * _GAP
    slot = min(max(room / (low + high), layout.slot), layout.slot * _SPREAD_MAX)
    return replace(layout, slot=slot, bar=layout.bar * slot / layout.slot)


def _slot(band: ChartBand, *, layout: _Layout) -> float:
    return max(layout.slot, len(band.band_label) * layout.letter + 7)


def _line_x(rows: Sequence[ChartBand], *, layout: _Layout) -> float:
    """Find where the line stands; at the lane labels when there is no low band."""
    widths = [
        sum(_slot(band, layout=layout) for band in bands if band.below_1ghz)
        for _, bands in _by_generation(rows)
    ]
    needed = max(widths)
    if needed == 0:
        return layout.lane_label
    room = (layout.width - layout.lane_label) * _LOW_SHARE_MAX
    heading = len(layout.reach_words) * layout.font * 0.56
    return layout.lane_label + min(max(needed, heading), room) + _GAP / 2


def _lane(name: str, *, bands: Sequence[ChartBand], layout: _Layout, line_x: float) -> _Lane:
    low_room = line_x - layout.lane_label - _GAP / 2
    high_room = layout.width - line_x - _GAP / 2
    return _Lane(
        name=name,
        low=_broken([b for b in bands if b.below_1ghz], room=low_room, layout=layout),
        high=_broken([b for b in bands if not b.below_1ghz], room=high_room, layout=layout),
    )


def _broken(
    bands: Sequence[ChartBand], *, room: float, layout: _Layout
) -> tuple[tuple[ChartBand, ...], ...]:
    """Break bands into rows that fit the room; a row holds at least one."""
    rows: list[list[ChartBand]] = []
    left = 0.0
    for band in bands:
        slot = _slot(band, layout=layout)
        if not rows or slot > left + 0.01:
            rows.append([])
            left = room
        rows[-1].append(band)
        left -= slot
    return tuple(tuple(row) for row in rows)


def _row_heights(lane: _Lane, *, layout: _Layout) -> list[float]:
    """Give each row of a lane the room of its tallest bar and its labels."""
    rows = zip_longest(lane.low, lane.high, fillvalue=())
    return [
        max(layout.heights[band.role] for band in (*low, *high)) + layout.font + 18
        for low, high in rows
    ]


def _header_svg(*, layout: _Layout, line_x: float, bottom: float) -> str:
    words: dict[str, Value] = {"font_size": layout.font - 0.5, "class_": "bc-axis"}
    speed = svg.text(layout.speed_words, x=line_x + _GAP / 2, y=13, **words)
    if line_x <= layout.lane_label:
        return speed
    return "".join(
        (
            svg.text(layout.reach_words, x=layout.lane_label, y=13, **words),
            speed,
            svg.tag("line", x1=line_x, x2=line_x, y1=2, y2=bottom - 4, class_="bc-line"),
        )
    )


def _lane_svg(lane: _Lane, *, layout: _Layout, line_x: float, top: float) -> str:
    drawn = []
    for row, height in enumerate(_row_heights(lane, layout=layout)):
        base = top + height - layout.font - 12
        top += height
        drawn.append(
            svg.rect(
                Box(layout.lane_label, base, layout.width - layout.lane_label, 1), class_="bc-base"
            )
        )
        if row == 0:
            name = svg.text(lane.name, x=0, y=base, font_size=layout.font, class_="bc-lane")
            drawn.append(name)
        sides = ((lane.low, layout.lane_label), (lane.high, line_x + _GAP / 2))
        for rows, x in sides:
            if row < len(rows):
                drawn.extend(_row_svg(rows[row], x=x, base=base, layout=layout))
    return "".join(drawn)


def _row_svg(
    bands: Iterable[ChartBand], *, x: float, base: float, layout: _Layout
) -> Iterator[str]:
    for band in bands:
        slot = _slot(band, layout=layout)
        # Flush left, so that the first bar stands under its heading.
        yield _bar_svg(band, x=x + 1, base=base, layout=layout)
        x += slot


def _bar_svg(band: ChartBand, *, x: float, base: float, layout: _Layout) -> str:
    tall = layout.heights[band.role]
    wide = max(layout.bar, len(band.band_label) * layout.letter * 0.9)
    box = Box(x, base - tall, wide, tall)
    return svg.tag(
        "g",
        svg.tag("title", svg.escaped(_sentence([band]))),
        *_marks(band, box=box, layout=layout),
        svg.text(
            band.band_label,
            x=box.centre_x,
            y=base + layout.font + 3,
            text_anchor="middle",
            font_size=layout.font,
            class_="bc-label",
        ),
    )


def _marks(band: ChartBand, *, box: Box, layout: _Layout) -> Iterator[str]:
    outline = box.inset(1)
    if band.has_it == HasIt.YES:
        yield svg.rect(box, r=6, class_="bc-yes")
        return
    if band.has_it == HasIt.PARTIAL:
        yield svg.rect(Box(box.x, box.y + box.h / 2, box.w, box.h / 2), r=5, class_="bc-half")
    yield svg.rect(outline, r=5, class_=f"bc-{band.has_it}")
    if band.has_it == HasIt.UNKNOWN and box.h >= layout.font:
        yield svg.text(
            "?",
            x=box.centre_x,
            y=box.y + box.h / 2 + layout.font * 0.36,
            text_anchor="middle",
            font_size=layout.font,
            class_="bc-label",
        )
