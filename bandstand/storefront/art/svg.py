"""
Write SVG by hand, safely: every attribute and every text is escaped here and nowhere else.

No ``style`` attribute and no ``id`` is ever written: the pages run under a strict content policy,
and the same drawing may stand on one page many times.
"""

from dataclasses import dataclass
from html import escape

Value = str | float | None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the drawing's own units; x and y are its upper left corner."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, by: float) -> "Box":
        """Return the box made smaller by the same amount on all four sides."""
        return Box(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def centre_x(self) -> float:
        return self.x + self.w / 2


def tag(name: str, *children: str, **attributes: Value) -> str:
    """
    Write one element; children are finished SVG, attributes are plain values.

    An underscore in a name stands for a hyphen, a trailing one is dropped (``class_``); None leaves
    the attribute out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = "".join(children)
    return f"<{name}{written}>{body}</{name}>" if body else f"<{name}{written}/>"


def rect(box: Box, *, r: float = 0, **attributes: Value) -> str:
    """Write a rectangle with corners of radius ``r``."""
    return tag("rect", x=box.x, y=box.y, width=box.w, height=box.h, rx=r or None, **attributes)


def circle(cx: float, cy: float, *, r: float, **attributes: Value) -> str:
    """Write a circle."""
    return tag("circle", cx=cx, cy=cy, r=r, **attributes)


def escaped(words: str) -> str:
    """Return words as the content of an element."""
    return escape(words)


def text(words: str, *, x: float, y: float, **attributes: Value) -> str:
    """Write a line of text, escaped."""
    return tag("text", escaped(words), x=x, y=y, **attributes)


def drawing(*children: str, w: float, h: float, label: str = "", class_: str = "") -> str:
    """
    Write the outer element: an image with a name, or hidden when it has none.

    A drawing without a label is decoration beside words that already say the same.
    """
    named = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return tag(
        "svg",
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_plain(w)} {_plain(h)}",
        class_=class_ or None,
        focusable="false",
        **named,
    )


def _plain(value: Value) -> str:
    if isinstance(value, int | float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)
