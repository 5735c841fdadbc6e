"""
Draw a device standing on the shelf, in true proportions.

Every phone is drawn on the same board of 100 by 180 millimetres with its foot on the same line, so
two drawings of the same rendered size compare the phones themselves.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from bandstand.storefront.art import colours, svg
from bandstand.storefront.art.cameras import Back, camera_svg
from bandstand.storefront.art.shapes import Form, PhoneShape
from bandstand.storefront.art.svg import Box

BOARD_WIDTH_MM: Final = 100.0
BOARD_HEIGHT_MM: Final = 180.0
_FOOT_MM: Final = 176.0
_FRAME_MM: Final = 1.3


@lru_cache(maxsize=1024)
def phone_svg(shape: PhoneShape, *, label: str = "") -> str:
    """
    Return the drawing of a device's back as one SVG element.

    Without a label it is hidden from assistive technology: the name beside it says what it is.
    """
    body = _FORMS[shape.form](shape)
    return svg.drawing(body, w=BOARD_WIDTH_MM, h=BOARD_HEIGHT_MM, label=label, class_="phone-art")


def _phone(shape: PhoneShape) -> str:
    box = _standing(shape)
    back = Back(box=box.inset(_FRAME_MM), colour=shape.colour, lenses=shape.lenses)
    return "".join(
        (
            _shadow(box),
            _keys(box, colour=shape.colour),
            _body(box, shape=shape),
            camera_svg(back, camera=shape.camera),
        )
    )


def _flip(shape: PhoneShape) -> str:
    box = _standing(shape)
    middle = box.y + box.h / 2
    cover = Box(box.x + 3, box.y + 3, box.w - 6, box.h / 2 - 6)
    lenses = "".join(
        svg.circle(cover.right - 12 - 15 * at, cover.bottom - 11, r=5.4, fill=colours.GLASS)
        + svg.circle(
            cover.right - 13.5 - 15 * at, cover.bottom - 12.5, r=0.9, fill="#fff", opacity=0.6
        )
        for at in range(shape.lenses)
    )
    return "".join(
        (
            _shadow(box),
            _body(box, shape=shape),
            svg.rect(cover, r=max(shape.corner_mm - 3, 1), fill=colours.INK),
            lenses,
            svg.rect(
                Box(box.x, middle - 1.6, box.w, 3.2), fill=colours.shade(shape.colour, by=-0.35)
            ),
            svg.rect(Box(box.x, middle - 0.3, box.w, 0.6), fill="#fff", opacity=0.3),
        )
    )


def _band(shape: PhoneShape) -> str:
    # A fitness band lies open like on a shop's stand; its face keeps the scale of the phones.
    strap_colour = colours.shade(shape.colour, by=-0.12)
    face = Box(50 - shape.width_mm / 2, 86 - shape.height_mm / 2, shape.width_mm, shape.height_mm)
    strap = Box(50 - shape.width_mm * 0.38, 12, shape.width_mm * 0.76, 162)
    holes = "".join(
        svg.circle(50, 140 + 6 * at, r=1.1, fill="#000", opacity=0.35) for at in range(5)
    )
    glass = face.inset(1.6)
    rings = "".join(
        svg.rect(Box(glass.x + 4 + 5 * at, glass.bottom - 9 - tall, 3, tall), r=1.2, fill=light)
        for at, (tall, light) in enumerate(((7, "#6ee7b7"), (13, "#93c5fd"), (10, "#fca5a5")))
        if glass.x + 7 + 5 * at < glass.right
    )
    return "".join(
        (
            _shadow(Box(strap.x, 0, strap.w, _FOOT_MM)),
            svg.rect(strap, r=strap.w / 2.2, fill=strap_colour),
            svg.rect(Box(strap.x + 1.4, 24, 0.9, 120), r=0.4, fill="#fff", opacity=0.2),
            holes,
            svg.rect(face, r=shape.corner_mm, fill=colours.shade(shape.colour, by=-0.3)),
            svg.rect(glass, r=max(shape.corner_mm - 1.6, 1), fill=colours.INK),
            rings,
        )
    )


def _headphones(shape: PhoneShape) -> str:
    # Wider than the board: drawn at half the scale of the phones.
    dark = colours.shade(shape.colour, by=-0.28)
    cups = (Box(11, 129, 24, 46), Box(65, 129, 24, 46))
    drawn_cups = "".join(
        svg.rect(Box(cup.x + inward, cup.y + 3, 11, cup.h - 6), r=5, fill=dark)
        + svg.rect(cup, r=11, fill=shape.colour)
        + svg.rect(Box(cup.x + 4, cup.y + 8, 1.4, cup.h - 18), r=0.7, fill="#fff", opacity=0.28)
        for cup, inward in zip(cups, (19, -6), strict=True)
    )
    arch = "M22,137V117A28,34 0 0 1 78,117V137"
    return "".join(
        (
            svg.tag("ellipse", cx=50, cy=_FOOT_MM, rx=36, ry=2.2, class_="art-shadow"),
            svg.tag(
                "path", d=arch, fill="none", stroke=dark, stroke_width=8.5, stroke_linecap="round"
            ),
            svg.tag(
                "path",
                d=arch,
                fill="none",
                stroke=shape.colour,
                stroke_width=5.5,
                stroke_linecap="round",
            ),
            drawn_cups,
        )
    )


def _standing(shape: PhoneShape) -> Box:
    """Stand the device on the foot line, in the middle of the board."""
    x = (BOARD_WIDTH_MM - shape.width_mm) / 2
    return Box(x, _FOOT_MM - shape.height_mm, shape.width_mm, shape.height_mm)


def _shadow(box: Box) -> str:
    return svg.tag(
        "ellipse", cx=box.centre_x, cy=box.bottom, rx=box.w * 0.56, ry=2.4, class_="art-shadow"
    )


def _keys(box: Box, *, colour: str) -> str:
    metal = colours.shade(colour, by=-0.34)
    power = Box(box.x - 0.7, box.y + box.h * 0.3, 1.4, box.h * 0.09)
    volume = Box(box.right - 0.7, box.y + box.h * 0.22, 1.4, box.h * 0.14)
    return svg.rect(power, r=0.7, fill=metal) + svg.rect(volume, r=0.7, fill=metal)


def _body(box: Box, *, shape: PhoneShape) -> str:
    corner = min(shape.corner_mm, box.w / 2, box.h / 2)
    back = box.inset(_FRAME_MM)
    inner = max(corner - _FRAME_MM, 0.5)
    frame = colours.shade(shape.colour, by=-0.24)
    antennas = (
        Box(box.x, box.y + corner + 3, _FRAME_MM, 1),
        Box(box.right - _FRAME_MM, box.bottom - corner - 4, _FRAME_MM, 1),
    )
    return "".join(
        (
            svg.rect(box, r=corner, fill=frame),
            *(svg.rect(line, fill="#fff", opacity=0.35) for line in antennas),
            svg.rect(back, r=inner, fill=shape.colour),
            svg.tag("path", d=_sheen(back, r=inner), fill="#fff", opacity=0.11),
            svg.rect(
                back.inset(0.35),
                r=inner,
                fill="none",
                stroke="#fff",
                stroke_opacity=0.22,
                stroke_width=0.7,
            ),
        )
    )


def _sheen(back: Box, *, r: float) -> str:
    """Return the outline of a slanted light; it follows the corners, so needs no clipping."""
    upper, lower = back.x + back.w * 0.7, back.x + back.w * 0.3
    return (
        f"M{back.x + r:.1f},{back.y:.1f}H{upper:.1f}L{lower:.1f},{back.bottom:.1f}H{back.x + r:.1f}"
        f"A{r:.1f},{r:.1f} 0 0 1 {back.x:.1f},{back.bottom - r:.1f}V{back.y + r:.1f}"
        f"A{r:.1f},{r:.1f} 0 0 1 {back.x + r:.1f},{back.y:.1f}Z"
    )


_FORMS: Final[Mapping[Form, Callable[[PhoneShape], str]]] = {
    Form.PHONE: _phone,
    Form.FLIP: _flip,
    Form.BAND: _band,
    Form.HEADPHONES: _headphones,
}
