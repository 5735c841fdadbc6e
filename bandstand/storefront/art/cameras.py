"""Draw the lenses on the back of a phone: one small drawing per layout, in millimetres."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bandstand.storefront.art import colours, svg
from bandstand.storefront.art.shapes import Camera
from bandstand.storefront.art.svg import Box, Value


@dataclass(frozen=True, slots=True)
class Back:
    """The part of the drawing that cameras are laid on."""

    box: Box
    colour: str
    lenses: int

    @property
    def raised(self) -> str:
        """A camera block's own tone: a little darker than the back, or lighter on a dark one."""
        return colours.shade(self.colour, by=0.16 if _is_dark(self.colour) else -0.14)

    @property
    def edge(self) -> str:
        return colours.shade(self.colour, by=0.34 if _is_dark(self.colour) else -0.3)


def camera_svg(back: Back, *, camera: Camera) -> str:
    """Return the drawing of the lenses and their island; nothing when there are none."""
    return _LAYOUTS[camera](back) if back.lenses else ""


def _is_dark(colour: str) -> bool:
    return sum(int(colour[at : at + 2], 16) for at in (1, 3, 5)) < 3 * 92


def _lens(cx: float, cy: float, *, r: float, edge: str) -> str:
    return "".join(
        (
            svg.circle(cx, cy, r=r, fill=edge),
            svg.circle(cx, cy, r=r * 0.86, fill=colours.INK),
            svg.circle(cx, cy, r=r * 0.5, fill=colours.GLASS),
            svg.circle(cx - r * 0.28, cy - r * 0.3, r=r * 0.15, fill="#fff", opacity=0.6),
        )
    )


def _flash(cx: float, cy: float) -> str:
    return svg.circle(
        cx, cy, r=1.7, fill="#fff4d6", stroke="#000", stroke_opacity=0.18, stroke_width=0.5
    )


def _island(box: Box, *, r: float, back: Back) -> str:
    return svg.rect(
        box, r=r, fill=back.raised, stroke=back.edge, stroke_width=0.7, stroke_opacity=0.7
    )


def _square_island(back: Back) -> str:
    size = 31.0 if back.lenses <= 2 else 35.0  # noqa: PLR2004 -- two lenses fit a smaller island
    box = Box(back.box.x + 3.6, back.box.y + 3.6, size, size)
    near, far, radius = size * 0.28, size * 0.72, size * (0.19 if back.lenses > 1 else 0.24)
    spots = {
        1: ((0.5, 0.5),),
        2: ((near / size, near / size), (far / size, far / size)),
        3: ((near / size, near / size), (near / size, far / size), (far / size, 0.5)),
    }.get(back.lenses, tuple((x / size, y / size) for y in (near, far) for x in (near, far)))
    flash_at = (far, near) if back.lenses < 4 else (size * 0.5, size * 0.5)  # noqa: PLR2004 -- a 2 by 2 grid
    flash_y = {3: size * 0.17}.get(back.lenses, flash_at[1])
    return "".join(
        (
            _island(box, r=size * 0.27, back=back),
            *(
                _lens(box.x + x * size, box.y + y * size, r=radius, edge=back.edge)
                for x, y in spots
            ),
            _flash(box.x + flash_at[0], box.y + flash_y),
        )
    )


def _pill(back: Back) -> str:
    box = Box(back.box.x + 5.5, back.box.y + 5.5, 15, 14.5 * back.lenses + 1.5)
    lenses = (
        _lens(box.centre_x, box.y + 8 + 14.5 * at, r=5.8, edge=back.edge)
        for at in range(back.lenses)
    )
    return "".join(
        (_island(box, r=7.5, back=back), *lenses, _flash(box.right + 6, box.y + box.h / 2))
    )


def _flat_pill(back: Back) -> str:
    box = Box(back.box.x + 6, back.box.y + 7, 13.5 * back.lenses + 1.5, 14)
    lenses = (
        _lens(box.x + 7.4 + 13.3 * at, box.y + 7, r=5.2, edge=back.edge)
        for at in range(back.lenses)
    )
    return "".join((_island(box, r=7, back=back), *lenses, _flash(box.right + 5, box.y + 7)))


def _visor(back: Back) -> str:
    bar = Box(back.box.x, back.box.y + 17, back.box.w, 17)
    glass = Box(bar.x + 7, bar.y + 2.6, 13.2 * back.lenses + 3, 11.8)
    lenses = (
        svg.circle(glass.x + 7.6 + 13 * at, glass.y + 5.9, r=4.2, fill=colours.GLASS)
        + svg.circle(glass.x + 6.4 + 13 * at, glass.y + 4.7, r=0.8, fill="#fff", opacity=0.6)
        for at in range(back.lenses)
    )
    return "".join(
        (
            svg.rect(bar, fill=back.raised),
            svg.rect(Box(bar.x, bar.y, bar.w, 0.8), fill="#fff", opacity=0.28),
            svg.rect(glass, r=5.9, fill=colours.INK),
            *lenses,
            _flash(glass.right + 6, glass.y + 5.9),
        )
    )


def _visor_pill(back: Back) -> str:
    bar = Box(back.box.x + back.box.w * 0.09, back.box.y + 13, back.box.w * 0.82, 18)
    glass = Box(bar.x + 3, bar.y + 3, min(13.4 * back.lenses + 3, bar.w - 12), 12)
    step = (glass.w - 4) / back.lenses
    lenses = (
        svg.circle(glass.x + 2 + step * (at + 0.5), glass.y + 6, r=4.3, fill=colours.GLASS)
        + svg.circle(
            glass.x + 0.8 + step * (at + 0.5), glass.y + 4.8, r=0.8, fill="#fff", opacity=0.6
        )
        for at in range(back.lenses)
    )
    return "".join(
        (
            _island(bar, r=9, back=back),
            svg.rect(glass, r=6, fill=colours.INK),
            *lenses,
            _flash(bar.right - 4.6, bar.y + 9),
        )
    )


def _vertical_trio(back: Back) -> str:
    x, y, step = back.box.x + 12, back.box.y + 13, 15.4
    column = (_lens(x, y + step * at, r=6, edge=back.edge) for at in range(min(back.lenses, 3)))
    aside = (
        _lens(x + 15, y + step * (at + 0.5), r=4.1, edge=back.edge)
        for at in range(max(back.lenses - 3, 0))
    )
    flash_y = y if back.lenses <= 3 else y - 4  # noqa: PLR2004 -- three lenses make the column
    return "".join((*column, *aside, _flash(x + 13.5, flash_y)))


def _round_at(back: Back, *, cx: float, cy: float, r: float) -> str:
    spots = ((-0.42, -0.42), (0.42, -0.42), (-0.42, 0.42), (0.42, 0.42), (0.0, 0.0))[: back.lenses]
    return "".join(
        (
            svg.circle(cx, cy, r=r, fill=back.raised, stroke=back.edge, stroke_width=1.1),
            svg.circle(cx, cy, r=r * 0.86, fill=colours.INK, opacity=0.82),
            *(_lens(cx + dx * r, cy + dy * r, r=r * 0.27, edge="#3b4252") for dx, dy in spots),
        )
    )


def _round_island(back: Back) -> str:
    drawn = _round_at(back, cx=back.box.x + 24, cy=back.box.y + 28, r=18.5)
    return drawn + _flash(back.box.x + 52, back.box.y + 28)


def _round_centre(back: Back) -> str:
    drawn = _round_at(back, cx=back.box.centre_x, cy=back.box.y + 32, r=23)
    return drawn + _flash(back.box.right - 10, back.box.y + 12)


def _ring(back: Back) -> str:
    x, y = back.box.x + 13, back.box.y + 14
    lenses = (_lens(x, y + 15 * at, r=6, edge=back.edge) for at in range(min(back.lenses, 3)))
    cx, cy, r = back.box.centre_x, back.box.y + back.box.h * 0.5, back.box.w * 0.27
    low = cy + r * 0.5
    line: dict[str, Value] = {
        "fill": "none",
        "stroke": "#fff",
        "stroke_opacity": 0.75,
        "stroke_linecap": "round",
    }
    arcs = (
        f"M{cx - r:.1f},{cy:.1f}A{r:.1f},{r:.1f} 0 0 1 {cx:.1f},{cy - r:.1f}",
        f"M{cx + r * 0.5:.1f},{cy - r * 0.87:.1f}A{r:.1f},{r:.1f} 0 0 1 {cx + r:.1f},{cy:.1f}",
        f"M{cx + r * 0.87:.1f},{low:.1f}A{r:.1f},{r:.1f} 0 0 1 {cx - r * 0.87:.1f},{low:.1f}",
    )
    return "".join((*lenses, *(svg.tag("path", d=d, stroke_width=1.7, **line) for d in arcs)))


def _plateau(back: Back) -> str:
    height = 42.0 if back.lenses > 1 else 25.0
    box = Box(back.box.x + 2.4, back.box.y + 2.4, back.box.w - 4.8, height)
    middle = box.y + height / 2
    spots = (
        ((14.0, middle),)
        if back.lenses == 1
        else ((12.5, box.y + 11.5), (12.5, box.bottom - 11.5), (30.0, middle))
    )
    return "".join(
        (
            _island(box, r=12, back=back),
            *(_lens(box.x + x, y, r=7, edge=back.edge) for x, y in spots[: back.lenses]),
            _flash(box.right - 9, middle - (8 if back.lenses > 1 else 0)),
        )
    )


def _corner_single(back: Back) -> str:
    x, y = back.box.x + 9.5, back.box.y + 9.5
    return _lens(x, y, r=4.6, edge=back.edge) + _flash(x + 9.5, y)


def _centre_single(back: Back) -> str:
    x, y = back.box.centre_x, back.box.y + 15
    lenses = (_lens(x, y + 12.5 * at, r=5.2, edge=back.edge) for at in range(min(back.lenses, 3)))
    return "".join((*lenses, _flash(x, y + 12.5 * min(back.lenses, 3) - 1.5)))


def _plain(_back: Back) -> str:
    return ""


_LAYOUTS: Final[Mapping[Camera, Callable[[Back], str]]] = {
    Camera.SQUARE_ISLAND: _square_island,
    Camera.PILL: _pill,
    Camera.FLAT_PILL: _flat_pill,
    Camera.VISOR: _visor,
    Camera.VISOR_PILL: _visor_pill,
    Camera.VERTICAL_TRIO: _vertical_trio,
    Camera.ROUND_ISLAND: _round_island,
    Camera.ROUND_CENTRE: _round_centre,
    Camera.RING: _ring,
    Camera.PLATEAU: _plateau,
    Camera.CORNER_SINGLE: _corner_single,
    Camera.CENTRE_SINGLE: _centre_single,
    Camera.PLAIN: _plain,
}
