"""Small pictures of counts, drawn with presentation attributes and classes, never with style."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH: Final = 600
HEIGHT: Final = 22
GAP: Final = 3
SLIVER: Final = 8
"""The narrowest part that is still seen: one of a thousand must not vanish."""
COLUMN: Final = 24
COLUMNS_WIDTH: Final = 350
"""About a phone's width, so that the words keep their size there."""
COLUMNS_HEIGHT: Final = 96


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole; ``kind`` is good, part, bad, info or empty."""

    label: str
    count: int
    kind: str = ""


def whole_svg(parts: Sequence[Part], *, label: str) -> SafeString:
    """
    Draw a whole as one bar of its parts, with a key in words.

    The key says each part and its count, so that nothing is told by colour or length alone.
    """
    present = [part for part in parts if part.count]
    total = sum(part.count for part in present)
    if not total:
        return SafeString("")
    room = WIDTH - GAP * (len(present) - 1) - SLIVER * len(present)
    rects, at = [], 0
    for part in present:
        width = SLIVER + room * part.count // total
        rects.append((at, width, HEIGHT, part.kind or "none"))
        at += width + GAP
    drawn = format_html_join(
        "", '<rect x="{}" width="{}" height="{}" rx="4" class="pic-{}"/>', rects
    )
    return format_html(
        '<figure class="whole"><svg viewBox="0 0 {} {}" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false">{}</svg>'
        '<figcaption><span class="visually-hidden">{}: </span>'
        '<ul class="whole-key">{}</ul></figcaption></figure>',
        max(at - GAP, 1),
        HEIGHT,
        drawn,
        label,
        format_html_join(
            "",
            '<li><span class="pic-dot pic-dot-{}" aria-hidden="true"></span>{} <b>{}</b></li>',
            [(part.kind or "none", part.label, part.count) for part in parts],
        ),
    )


def columns_svg(parts: Sequence[Part], *, label: str) -> SafeString:
    """Draw counts as columns side by side, each with its count above and its name below."""
    most = max((part.count for part in parts), default=0)
    if not most:
        return SafeString("")
    step = COLUMNS_WIDTH // len(parts)
    columns = [
        (
            at * step + (step - COLUMN) // 2,
            COLUMNS_HEIGHT - 20 - part.count * 56 // most,
            COLUMN,
            max(part.count * 56 // most, 1),
            part.kind or "info",
            at * step + step // 2,
            COLUMNS_HEIGHT - 25 - part.count * 56 // most,
            part.count or "",
            at * step + step // 2,
            COLUMNS_HEIGHT - 5,
            part.label,
        )
        for at, part in enumerate(parts)
    ]
    drawn = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="3" class="pic-{}"/>'
        '<text x="{}" y="{}" class="pic-count" text-anchor="middle" font-size="12">{}</text>'
        '<text x="{}" y="{}" class="pic-label" text-anchor="middle" font-size="12">{}</text>',
        columns,
    )
    said = ", ".join(f"{part.label} {part.count}" for part in parts)
    return format_html(
        '<figure class="columns"><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
        "</figure>",
        COLUMNS_WIDTH,
        COLUMNS_HEIGHT,
        f"{label}: {said}",
        drawn,
    )
