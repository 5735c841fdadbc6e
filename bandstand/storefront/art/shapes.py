"""
Know the true size of a phone's back and how its cameras are laid out.

``known_shapes.csv`` holds the sizes that makers publish (height and width in millimetres). A model
that is not in it gets a typical size with ``is_measured=False``, so that no page states a size
nobody read.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from bandstand.storefront.art import colours


class Form(StrEnum):
    """What kind of device is drawn."""

    PHONE = "phone"
    FLIP = "flip"
    BAND = "band"
    HEADPHONES = "headphones"


class Camera(StrEnum):
    """How the lenses sit on the back; named by shape, not by maker."""

    SQUARE_ISLAND = "square_island"
    PILL = "pill"
    FLAT_PILL = "flat_pill"
    VISOR = "visor"
    VISOR_PILL = "visor_pill"
    VERTICAL_TRIO = "vertical_trio"
    ROUND_ISLAND = "round_island"
    ROUND_CENTRE = "round_centre"
    RING = "ring"
    PLATEAU = "plateau"
    CORNER_SINGLE = "corner_single"
    CENTRE_SINGLE = "centre_single"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class PhoneShape:
    """
    Everything the drawing needs.

    Units: millimetres; ``colour`` is ``#rrggbb``.
    """

    height_mm: float
    width_mm: float
    corner_mm: float
    camera: Camera
    lenses: int
    colour: str
    form: Form = Form.PHONE
    is_measured: bool = False

    def __post_init__(self) -> None:
        if self.width_mm <= 0 or self.height_mm <= 0:
            raise ValueError(f"a device of {self.height_mm} by {self.width_mm} mm cannot be drawn")
        if not 0 <= self.lenses <= LENSES_MAX:
            raise ValueError(f"{self.lenses} lenses cannot be drawn: give 0 to {LENSES_MAX}")

    @property
    def tone(self) -> str:
        """The name of the page tone behind this device."""
        return colours.tone_of(self.colour)


@dataclass(frozen=True, slots=True)
class _Build:
    height_mm: float
    width_mm: float
    corner_mm: float
    camera: Camera
    lenses: int
    form: Form = Form.PHONE


LENSES_MAX: Final = 5
_TYPICAL: Final = _Build(161.0, 75.5, 10.0, Camera.VERTICAL_TRIO, 2)
_TYPICAL_BY_BRAND: Final[Mapping[str, _Build]] = {
    "apple": _Build(147.6, 71.6, 12.0, Camera.SQUARE_ISLAND, 2),
    "google": _Build(152.8, 72.0, 11.0, Camera.VISOR_PILL, 2),
    "samsung": _Build(161.5, 77.5, 8.5, Camera.VERTICAL_TRIO, 3),
    "xiaomi": _Build(160.5, 75.0, 9.5, Camera.SQUARE_ISLAND, 4),
    "oneplus": _Build(162.5, 75.5, 9.5, Camera.ROUND_ISLAND, 4),
    "motorola": _Build(162.0, 74.5, 10.0, Camera.SQUARE_ISLAND, 3),
    "nothing": _Build(161.5, 76.5, 10.0, Camera.RING, 2),
    "fairphone": _Build(161.0, 75.0, 10.0, Camera.ROUND_ISLAND, 3),
}
_TYPICAL_BY_FORM: Final[Mapping[Form, _Build]] = {
    Form.FLIP: _Build(168.0, 73.0, 10.0, Camera.PLAIN, 2, Form.FLIP),
    Form.BAND: _Build(46.0, 22.0, 9.0, Camera.PLAIN, 0, Form.BAND),
    Form.HEADPHONES: _Build(190.0, 165.0, 20.0, Camera.PLAIN, 0, Form.HEADPHONES),
}
_NETWORK_WORDS: Final = re.compile(r"\b(?:5g|4g|lte|dual sim)\b")


def shape_for(brand: str, model: str, *, form: Form = Form.PHONE, colour: str = "") -> PhoneShape:
    """
    Return the shape of a model: its published size if known, else a typical one of its maker.

    The same words always give the same shape. ``colour`` is a trade name or ``#rrggbb``.
    """
    build = _known().get((_folded(brand), _model_key(brand, model=model)))
    is_measured = build is not None and form in {Form.PHONE, build.form}
    if build is None or not is_measured:
        build = _TYPICAL_BY_FORM.get(form) or _TYPICAL_BY_BRAND.get(_folded(brand), _TYPICAL)
    return PhoneShape(
        height_mm=build.height_mm,
        width_mm=build.width_mm,
        corner_mm=build.corner_mm,
        camera=build.camera,
        lenses=build.lenses,
        colour=colours.colour_hex(colour, otherwise=f"{brand} {model}"),
        form=build.form,
        is_measured=is_measured,
    )


@cache
def _known() -> Mapping[tuple[str, str], _Build]:
    source = resources.files("bandstand.storefront.art").joinpath("known_shapes.csv")
    with source.open(encoding="utf-8") as lines:
        return {
            (_folded(row["brand"]), _model_key(row["brand"], model=row["model"])): _Build(
                height_mm=float(row["height_mm"]),
                width_mm=float(row["width_mm"]),
                corner_mm=float(row["corner_mm"]),
                camera=Camera(row["camera"]),
                lenses=int(row["lenses"]),
                form=Form(row["form"]),
            )
            for row in csv.DictReader(lines)
        }


def _model_key(brand: str, *, model: str) -> str:
    """Fold a model's name; brand and network words in it say nothing about its size."""
    folded = _NETWORK_WORDS.sub(" ", model.casefold())
    return _folded(folded).removeprefix(_folded(brand))


def _folded(words: str) -> str:
    return "".join(letter for letter in words.casefold() if letter.isalnum() or letter == "+")
