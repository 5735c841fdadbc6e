import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from bandstand.storefront.art import colours, svg
from bandstand.storefront.art.phone_art import BOARD_HEIGHT_MM, BOARD_WIDTH_MM, phone_svg
from bandstand.storefront.art.shapes import Camera, Form, PhoneShape, shape_for

SVG = "{http://www.w3.org/2000/svg}"


ASTER = PhoneShape(
    height_mm=150.0,
    width_mm=72.0,
    corner_mm=10.0,
    camera=Camera.PILL,
    lenses=2,
    colour="#8a8a93",
)


def body_of(drawing: str) -> ET.Element:
    """Return the frame: the largest rectangle drawn."""
    rects = ET.fromstring(drawing).iter(f"{SVG}rect")  # noqa: S314 -- our own drawing
    return max(rects, key=lambda one: float(one.get("width", "0")) * float(one.get("height", "0")))


@pytest.mark.parametrize("camera", Camera)
@pytest.mark.parametrize("lenses", range(6))
def test_every_layout_draws_well_formed_svg_without_style_or_id(
    camera: Camera, lenses: int
) -> None:
    drawn = phone_svg(replace(ASTER, camera=camera, lenses=lenses))

    root = ET.fromstring(drawn)  # noqa: S314 -- our own drawing
    attributes = {name for element in root.iter() for name in element.attrib}
    assert root.tag == f"{SVG}svg"
    assert not attributes & {"style", "id", "onload", "href"}


@pytest.mark.parametrize("form", Form)
def test_every_form_stays_on_the_board(form: Form) -> None:
    drawn = phone_svg(shape_for("Aster", "One", form=form))

    for circle in ET.fromstring(drawn).iter(f"{SVG}circle"):  # noqa: S314 -- our own drawing
        assert 0 <= float(circle.get("cx", "-1")) <= BOARD_WIDTH_MM
        assert 0 <= float(circle.get("cy", "-1")) <= BOARD_HEIGHT_MM


@pytest.mark.parametrize("camera", [one for one in Camera if one != Camera.PLAIN])
def test_lenses_lie_on_the_back(camera: Camera) -> None:
    drawn = phone_svg(replace(ASTER, camera=camera))
    body = body_of(drawn)
    left, top = float(body.get("x", "0")), float(body.get("y", "0"))

    for circle in ET.fromstring(drawn).iter(f"{SVG}circle"):  # noqa: S314 -- our own drawing
        reach = float(circle.get("r", "0"))
        assert left <= float(circle.get("cx", "0")) - reach
        assert float(circle.get("cx", "0")) + reach <= left + 72
        assert top <= float(circle.get("cy", "0")) - reach


def test_body_has_the_true_proportions_and_stands_on_the_same_line_as_others() -> None:
    small = body_of(phone_svg(shape_for("Apple", "iPhone 5")))
    large = body_of(phone_svg(shape_for("Samsung", "Galaxy S25 Ultra")))

    assert (small.get("width"), small.get("height")) == ("58.6", "123.8")
    assert (large.get("width"), large.get("height")) == ("77.6", "162.8")
    feet = [float(one.get("y", "0")) + float(one.get("height", "0")) for one in (small, large)]
    assert feet[0] == pytest.approx(feet[1])


def test_label_names_the_drawing_and_is_escaped() -> None:
    named = phone_svg(ASTER, label='<script>"Mira" & co</script>')
    silent = phone_svg(ASTER)

    assert 'role="img"' in named
    assert "<script>" not in named
    assert ET.fromstring(named).get("aria-label") == '<script>"Mira" & co</script>'  # noqa: S314 -- our own drawing
    assert 'aria-hidden="true"' in silent
    assert "role" not in silent


@given(st.text())
def test_any_text_survives_the_way_into_svg(words: str) -> None:
    drawn = svg.text(words, x=0, y=0, class_=words)

    assert "<" not in re.sub(r"^<text|</text>$", "", drawn)


@pytest.mark.parametrize(
    "model", ["Galaxy A16", "Galaxy A16 5G", "galaxy a16", "Samsung Galaxy A16 5G"]
)
def test_known_model_is_found_under_the_names_shops_use(model: str) -> None:
    found = shape_for("Samsung", model)

    assert found.is_measured
    assert (found.height_mm, found.width_mm) == (164.4, 77.9)


@pytest.mark.parametrize("model", ["Galaxy A1", "Galaxy A166", "Galaxy S25 Ultra Plus", ""])
def test_unknown_model_gets_a_typical_size_that_is_not_called_measured(model: str) -> None:
    found = shape_for("Samsung", model)

    assert not found.is_measured
    assert found.camera == Camera.VERTICAL_TRIO


def test_plus_is_part_of_a_name() -> None:
    assert shape_for("Samsung", "Galaxy S24+") != shape_for("Samsung", "Galaxy S24")


def test_same_model_has_the_same_shape_every_time_and_its_colour_follows_its_name() -> None:
    assert shape_for("Aster", "Two") == shape_for("Aster", "Two")
    assert shape_for("Aster", "Two", colour="Titan Grey").colour == colours.colour_hex("titan grey")


def test_a_phone_s_size_is_not_lent_to_a_band_of_the_same_name() -> None:
    found = shape_for("OnePlus", "13", form=Form.BAND)

    assert found.form == Form.BAND
    assert not found.is_measured


@pytest.mark.parametrize(
    ("height_mm", "lenses", "said"),
    [(0, 2, "cannot be drawn"), (150, 6, "give 0 to 5"), (150, -1, "give 0 to 5")],
)
def test_impossible_shape_is_refused(*, height_mm: float, lenses: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(ASTER, height_mm=height_mm, lenses=lenses)


def test_colour_that_is_none_is_refused_with_the_right_form() -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        colours.tone_of("mauve")


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_every_colour_has_a_tone_the_style_sheet_knows(colour: str) -> None:
    known = {"slate", "stone", "rose", "orange", "gold", "lime", "green", "teal", "blue", "violet"}

    assert colours.tone_of(colour) in known


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_shading_moves_towards_black_or_white_and_stops_there(colour: str) -> None:
    steps = [colours.shade(colour, by=by) for by in (-1, -0.5, 0, 0.5, 1)]

    assert steps[0] == "#000000"
    assert steps[2] == colour
    assert steps[4] == "#ffffff"
    for darker, lighter in pairwise(steps):
        assert all(darker[at : at + 2] <= lighter[at : at + 2] for at in (1, 3, 5))
