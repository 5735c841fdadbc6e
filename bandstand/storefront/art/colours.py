"""Turn the trade names of colours into drawable ones, and into the few tones the pages know."""

import colorsys
import zlib
from typing import Final

INK: Final = "#0b0d12"
GLASS: Final = "#232b3b"

# The first word found wins, so the narrower names stand before the wider ones.
_NAMED: Final[tuple[tuple[str, str], ...]] = (
    ("jetblack", "#1d1e22"),
    ("obsidian", "#2c2e33"),
    ("midnight", "#2a3140"),
    ("charcoal", "#3a3d43"),
    ("graphite", "#53555c"),
    ("porcelain", "#e9e4da"),
    ("starlight", "#ece5d8"),
    ("silver", "#cfd2d6"),
    ("desert", "#c9ab8e"),
    ("natural", "#b7afa3"),
    ("titan", "#8a8a90"),
    ("slate", "#5a6472"),
    ("hazel", "#6f7668"),
    ("lavender", "#b9aedb"),
    ("lilac", "#c3b2e0"),
    ("violet", "#8a73bd"),
    ("purple", "#7d66ad"),
    ("nebula", "#4b4668"),
    ("magenta", "#b4527f"),
    ("peony", "#dd7691"),
    ("coral", "#e77f6c"),
    ("rose", "#d8a0a4"),
    ("pink", "#e5b4bf"),
    ("crimson", "#a32f3c"),
    ("red", "#b63a3f"),
    ("orange", "#dd7b3a"),
    ("copper", "#b07a56"),
    ("bronze", "#94765b"),
    ("gold", "#d9bf8e"),
    ("yellow", "#e6cf6b"),
    ("lemon", "#e9df8e"),
    ("lime", "#b7c96a"),
    ("olive", "#7b7f55"),
    ("sage", "#a8b69d"),
    ("mint", "#b4dcc8"),
    ("jade", "#6fa58c"),
    ("emerald", "#2f7d60"),
    ("green", "#6a9a78"),
    ("teal", "#4d8f92"),
    ("aqua", "#9fd0d3"),
    ("ultramarine", "#6f86d8"),
    ("cobalt", "#3a55a8"),
    ("navy", "#2d3b5e"),
    ("bay", "#89b6d9"),
    ("sky", "#a6c8e4"),
    ("ice", "#d3e2ec"),
    ("indigo", "#4a5b8c"),
    ("blue", "#6b8fb8"),
    ("sand", "#d8c9b0"),
    ("beige", "#ddd2be"),
    ("cream", "#ece4d2"),
    ("brown", "#7c6250"),
    ("black", "#2a2c31"),
    ("white", "#eceae5"),
    ("gray", "#84878d"),
    ("grey", "#84878d"),
)
_QUIET: Final = (
    "#5a6472",
    "#7d8ea6",
    "#8a8a90",
    "#5f86a8",
    "#6a9a78",
    "#444b57",
    "#a89c8a",
    "#7f78a3",
)
_HUES: Final[tuple[tuple[float, str], ...]] = (
    (0.045, "rose"),
    (0.1, "orange"),
    (0.19, "gold"),
    (0.27, "lime"),
    (0.45, "green"),
    (0.55, "teal"),
    (0.69, "blue"),
    (0.83, "violet"),
    (1.01, "rose"),
)
_GREY_BELOW: Final = 0.16
_DARK_BELOW: Final = 0.3
_HEX_LENGTH: Final = 7


def colour_hex(name: str, *, otherwise: str = "") -> str:
    """
    Return a drawable ``#rrggbb`` for a trade name such as "Titan Grey", or for a hex colour itself.

    A name that says nothing gets a quiet colour chosen by ``otherwise`` (the model's name), always
    the same one.
    """
    folded = name.strip().casefold().replace(" ", "")
    if _is_hex(folded):
        return folded
    for word, found in _NAMED:
        if word in folded:
            return found
    return _QUIET[zlib.crc32(otherwise.casefold().encode()) % len(_QUIET)]


def tone_of(colour: str) -> str:
    """Return the page tone nearest to a ``#rrggbb``: the ``tone-…`` class behind a drawing."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _rgb(colour)))
    if saturation < _GREY_BELOW or light < _DARK_BELOW:
        return "slate" if light < 1 - _DARK_BELOW else "stone"
    return next(tone for limit, tone in _HUES if hue < limit)


def shade(colour: str, *, by: float) -> str:
    """Return the colour moved towards white (``by`` above 0) or black (below 0)."""
    target = 255 if by > 0 else 0
    mixed = (round(part + (target - part) * min(abs(by), 1)) for part in _rgb(colour))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _is_hex(words: str) -> bool:
    return (
        len(words) == _HEX_LENGTH
        and words.startswith("#")
        and all(letter in "0123456789abcdef" for letter in words[1:])
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    if not _is_hex(colour.casefold()):
        raise ValueError(f"{colour!r} is not a colour: write it as #rrggbb, for example #8a8a93")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
