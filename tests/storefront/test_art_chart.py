import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from bandstand.storefront.art.band_chart import (
    ChartBand,
    ChartRole,
    ChartWidth,
    HasIt,
    band_chart_svg,
    band_chart_text,
)
from bandstand.storefront.art.bars import fit_badge, skyline_svg

SVG = "{http://www.w3.org/2000/svg}"
LARK = [
    ChartBand("LTE", "12", ChartRole.PRIMARY, below_1ghz=True, has_it=HasIt.NO),
    ChartBand("LTE", "46", ChartRole.LIMITED, below_1ghz=False, has_it=HasIt.UNKNOWN),
    ChartBand("LTE", "66", ChartRole.PRIMARY, below_1ghz=False, has_it=HasIt.PARTIAL),
    ChartBand("NR", "n41", ChartRole.PRIMARY, below_1ghz=False, has_it=HasIt.YES),
    ChartBand("NR", "n25", ChartRole.SECONDARY, below_1ghz=False, has_it=HasIt.YES),
]
bands = st.builds(
    ChartBand,
    rat=st.sampled_from(["NR", "LTE", "UMTS", "GSM", "CDMA", "6G"]),
    band_label=st.from_regex(r"n?[0-9]{1,3}", fullmatch=True),
    role=st.sampled_from(ChartRole),
    below_1ghz=st.booleans(),
    has_it=st.sampled_from(HasIt),
)


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314 -- our own drawing


def bars_of(drawing: str, *, kind: str) -> list[ET.Element]:
    return [one for one in parsed(drawing).iter(f"{SVG}rect") if one.get("class") == f"bc-{kind}"]


def test_text_says_each_generation_newest_first_with_what_is_lacking_and_unknown() -> None:
    assert band_chart_text(LARK) == (
        "5G: the phone has n41 (main), n25 (second).",
        "4G: has in part 66 (main); lacks 12 (main, reach); not known 46 (in few places).",
    )


@pytest.mark.parametrize("width", ChartWidth)
def test_drawing_is_named_by_its_text(width: ChartWidth) -> None:
    root = parsed(band_chart_svg(LARK, width=width))

    assert root.get("role") == "img"
    assert root.get("aria-label") == " ".join(band_chart_text(LARK))


@pytest.mark.parametrize("width", ChartWidth)
def test_each_answer_has_its_own_mark_never_colour_alone(width: ChartWidth) -> None:
    drawn = band_chart_svg(LARK, width=width)

    counts = {kind: len(bars_of(drawn, kind=kind)) for kind in HasIt}
    assert counts == {HasIt.YES: 2, HasIt.NO: 1, HasIt.PARTIAL: 1, HasIt.UNKNOWN: 1}
    assert len(bars_of(drawn, kind="half")) == 1


@pytest.mark.parametrize("width", ChartWidth)
def test_main_band_is_taller_than_second_and_second_taller_than_limited(width: ChartWidth) -> None:
    rows = [
        ChartBand("LTE", label, role, below_1ghz=False, has_it=HasIt.YES)
        for label, role in zip(("2", "4", "5"), ChartRole, strict=True)
    ]

    tall = [
        float(bar.get("height", "0"))
        for bar in bars_of(band_chart_svg(rows, width=width), kind="yes")
    ]
    assert tall == sorted(set(tall), reverse=True)
    assert len(tall) == 3


@pytest.mark.parametrize("width", ChartWidth)
def test_reach_stands_left_of_the_line_and_speed_right_of_it(width: ChartWidth) -> None:
    drawn = band_chart_svg(LARK, width=width)
    line = next(one for one in parsed(drawn).iter(f"{SVG}line") if one.get("class") == "bc-line")
    line_x = float(line.get("x1", "0"))

    low = bars_of(drawn, kind="no")[0]
    assert float(low.get("x", "0")) + float(low.get("width", "0")) < line_x
    assert all(float(bar.get("x", "0")) > line_x for bar in bars_of(drawn, kind="yes"))


def test_network_without_low_bands_has_no_line() -> None:
    drawn = band_chart_svg([one for one in LARK if not one.below_1ghz])

    assert "bc-line" not in drawn
    assert "reach: below" not in drawn


def test_no_bands_draw_nothing_and_say_nothing() -> None:
    assert band_chart_svg([]) == ""
    assert band_chart_text([]) == ()


def test_label_is_escaped() -> None:
    hostile = ChartBand("<b>", "<script>", ChartRole.PRIMARY, below_1ghz=False, has_it=HasIt.YES)

    assert "<script>" not in band_chart_svg([hostile])
    assert "<script>" not in skyline_svg([hostile])


@given(rows=st.lists(bands, min_size=1, max_size=40), width=st.sampled_from(ChartWidth))
def test_every_band_is_drawn_inside_the_drawing_with_a_readable_label(
    rows: list[ChartBand], width: ChartWidth
) -> None:
    root = parsed(band_chart_svg(rows, width=width))
    _, _, wide, tall = (float(one) for one in root.get("viewBox", "").split())

    labels = [one for one in root.iter(f"{SVG}text") if one.get("class") == "bc-label"]
    marks = [
        one for one in root.iter(f"{SVG}rect") if one.get("class") in {f"bc-{k}" for k in HasIt}
    ]
    assert len(marks) == len(rows)
    assert sum(one.text != "?" for one in labels) == len(rows)
    assert all(float(one.get("font-size", "0")) >= 12 for one in root.iter(f"{SVG}text"))
    for mark in marks:
        assert float(mark.get("x", "-1")) + float(mark.get("width", "0")) <= wide + 1
        assert float(mark.get("y", "-1")) >= 0
        assert float(mark.get("y", "0")) + float(mark.get("height", "0")) <= tall


@given(rows=st.lists(bands, min_size=1, max_size=40))
def test_no_two_bars_overlap_on_the_narrow_drawing(rows: list[ChartBand]) -> None:
    root = parsed(band_chart_svg(rows, width=ChartWidth.NARROW))
    kinds = {f"bc-{kind}" for kind in HasIt}
    spans: dict[float, list[tuple[float, float]]] = {}
    for one in root.iter(f"{SVG}rect"):
        if one.get("class") in kinds:
            x, y = float(one.get("x", "0")), float(one.get("y", "0"))
            base = round(y + float(one.get("height", "0")), 0)
            spans.setdefault(base, []).append((x, x + float(one.get("width", "0"))))

    for row in spans.values():
        row.sort()
        assert all(left[1] <= right[0] for left, right in pairwise(row))


@pytest.mark.parametrize(
    ("tier", "lit"),
    [
        ("full", 5),
        ("good", 4),
        ("limited", 2),
        ("data_only", 2),
        ("voice_2g_only", 1),
        ("blocked", 0),
        ("none", 0),
        ("unknown", 0),
    ],
)
def test_fit_badge_lights_bars_by_tier_and_always_has_a_word(tier: str, lit: int) -> None:
    badge = fit_badge(tier, sentence="because")

    assert badge.bars_svg.count('fill="currentColor"') == lit
    assert badge.word
    assert ("stroke-dasharray" in badge.bars_svg) == (tier == "unknown")
    assert ("bars-struck" in badge.bars_svg) == (tier in {"blocked", "none"})


def test_tier_that_is_none_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no fit tier 'great'; the tiers are full, good"):
        fit_badge("great")
