"""
Draw the motif in its small sizes: the mark, the five bars of a fit, a network's skyline.

Solid = has it, hollow = lacks it, dashed = nobody knows. The word beside the bars says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bandstand.storefront.art import svg
from bandstand.storefront.art.band_chart import ChartBand, ChartRole
from bandstand.storefront.art.svg import Box

_HEIGHTS: Final = (9, 14, 20, 12, 17)
_MARK_HEIGHTS: Final = (10, 18, 26, 14, 21)


@dataclass(frozen=True, slots=True)
class FitBadge:
    """What the badge shows: the tier's name for styling, a word, one sentence, and the bars."""

    tier: str
    word: str
    sentence: str
    bars_svg: str


_TIERS: Final[Mapping[str, tuple[int, str]]] = {
    "full": (5, "Works fully"),
    "good": (4, "Works"),
    "limited": (2, "Works in part"),
    "data_only": (2, "Data only"),
    "voice_2g_only": (1, "Calls on 2G only"),
    "blocked": (0, "Blocked"),
    "none": (0, "Does not work"),
    "unknown": (0, "Not known"),
}


def fit_badge(tier: str, *, sentence: str = "") -> FitBadge:
    """
    Return what the fit badge shows for a tier.

    Raises: ValueError if the tier is not one of the eight.
    """
    if tier not in _TIERS:
        raise ValueError(f"no fit tier {tier!r}; the tiers are {', '.join(_TIERS)}")
    lit, word = _TIERS[tier]
    return FitBadge(tier, word, sentence, _fit_bars(tier, lit=lit))


def mark_svg() -> str:
    """Return the operator's mark: five bars of a spectrum in the colour of the text."""
    bars = (
        svg.rect(Box(7 * at, 26 - tall, 4.4, tall), r=2, fill="currentColor")
        for at, tall in enumerate(_MARK_HEIGHTS)
    )
    return svg.drawing(*bars, w=32.4, h=26, class_="mark")


def skyline_svg(bands: Sequence[ChartBand], *, label: str = "") -> str:
    """
    Return the network itself as a picture: one bar per band, reach on the left, speed on the right.

    Main bands are tall. Bands of one RAT and number are drawn in the order given.
    """
    low = [band for band in bands if band.below_1ghz]
    high = [band for band in bands if not band.below_1ghz]
    gap, floor = 26.0, 190.0
    drawn: list[str] = []
    x = 0.0
    for group in (low, high):
        for band in group:
            drawn.append(_tower(band, x=x, floor=floor))
            x += _tower_width(band) + 10
        x += gap if group and group is low else 0
    width = max(x - 10, 1)
    drawn.append(svg.rect(Box(0, floor + 3, width, 1), fill="currentColor", opacity=0.25))
    return svg.drawing(*drawn, w=width, h=floor + 26, label=label, class_="skyline")


def _tower_width(band: ChartBand) -> float:
    return 13 if band.role == ChartRole.LIMITED else 26


def _tower(band: ChartBand, *, x: float, floor: float) -> str:
    # Bands used in few places stand unnamed: their names would not be readable side by side.
    wide = _tower_width(band)
    tall = {ChartRole.PRIMARY: 176.0, ChartRole.SECONDARY: 112.0, ChartRole.LIMITED: 58.0}[
        band.role
    ]
    newest = "sky-new" if band.rat == "NR" else "sky-old"
    return "".join(
        (
            svg.rect(
                Box(x, floor - tall, wide, tall),
                r=min(7, wide / 2),
                fill="currentColor",
                class_=f"sky {newest}",
            ),
            svg.text(
                "" if band.role == ChartRole.LIMITED else band.band_label,
                x=x + wide / 2,
                y=floor + 21,
                text_anchor="middle",
                font_size=14,
                fill="currentColor",
                class_="sky-label",
            ),
        )
    )


def _fit_bars(tier: str, *, lit: int) -> str:
    bars = [
        svg.rect(
            Box(1 + 7.2 * at, 21 - tall, 4.8, tall),
            r=1.6,
            fill="currentColor" if at < lit else "none",
            stroke="currentColor",
            stroke_width=1.2,
            stroke_opacity=None if at < lit else 0.55,
            stroke_dasharray="2 1.6" if tier == "unknown" else None,
        )
        for at, tall in enumerate(_HEIGHTS)
    ]
    if tier in {"blocked", "none"}:
        bars.append(svg.tag("path", d="M3,3L33,20", class_="bars-struck"))
    return svg.drawing(*bars, w=36, h=22, class_="bars")
