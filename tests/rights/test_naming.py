from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from bandstand.rights.rules import BrandNameFact, Reading, read_brand
from bandstand.rights.rules.naming import LOOKS_LIKE, plain_name, skeleton

XIAOMI, MEIZU, MINT, ACME = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
NAMES = (
    BrandNameFact(XIAOMI, "Xiaomi", "Xiaomi"),
    BrandNameFact(XIAOMI, "Xiaomi", "小米"),
    BrandNameFact(XIAOMI, "Xiaomi", "MI"),
    BrandNameFact(MEIZU, "Meizu", "Meizu"),
    BrandNameFact(MEIZU, "Meizu", "魅族科技"),
    BrandNameFact(MINT, "Mint", "Nova"),
    BrandNameFact(ACME, "Acme", "Nova"),
    BrandNameFact(ACME, "Acme", "Acme"),
)


@pytest.mark.parametrize("text", ["Xiaomi", "XIAOMI", " xiao mi ", "Xiao-Mi"])
def test_case_spaces_and_hyphens_make_no_other_name(text: str) -> None:
    found = read_brand(text, names=NAMES)

    assert (found.reading, set(found.brand_ids)) == (Reading.KNOWN, {XIAOMI})


@pytest.mark.parametrize(
    "text",
    [
        "Χiaomi",  # Greek chi
        "Хiaomi",  # Cyrillic ha
        "Xіaomi",  # Cyrillic i
        "Xiaоmi",  # Cyrillic o
        "Ｘｉａｏｍｉ",  # full width
        "Xia\u200bomi",  # zero-width space
        "Xiaomi\u202e",  # right-to-left override
        "Xiaomí",
        "X1aomi",
        "Xlaomi",
        "Xiaorni",
        "𝐗𝐢𝐚𝐨𝐦𝐢",  # mathematical bold
    ],
)
def test_name_written_with_other_letters_is_a_look_alike(text: str) -> None:
    found = read_brand(text, names=NAMES)

    assert (found.reading, set(found.brand_ids)) == (Reading.CONFUSABLE, {XIAOMI})


@pytest.mark.parametrize(
    ("text", "brands"),
    [("MI", {XIAOMI}), ("小米", {XIAOMI}), ("X", set()), ("Nova", {MINT, ACME}), ("1234", set())],
)
def test_short_text_and_text_of_several_brands_is_ambiguous(text: str, brands: set[UUID]) -> None:
    found = read_brand(text, names=NAMES)

    assert (found.reading, set(found.brand_ids)) == (Reading.AMBIGUOUS, brands)


@pytest.mark.parametrize("text", ["", "   ", "Omni", "Xiaom", "Acme Two"])
def test_other_text_names_no_brand(text: str) -> None:
    assert read_brand(text, names=NAMES).reading is Reading.UNKNOWN


def test_name_in_another_script_is_the_brands_own() -> None:
    found = read_brand("魅族科技", names=NAMES)

    assert (found.reading, set(found.brand_ids)) == (Reading.KNOWN, {MEIZU})


@given(st.permutations(NAMES), st.sampled_from(["Xiaomi", "Nova", "MI", "Xlaomi", "Хiaomi"]))
def test_order_of_names_does_not_matter(names: list[BrandNameFact], text: str) -> None:
    assert read_brand(text, names=names) == read_brand(text, names=NAMES)


@given(st.text(max_size=12))
def test_text_that_is_not_a_name_is_never_read_as_one(text: str) -> None:
    found = read_brand(text, names=NAMES)

    if found.reading is Reading.KNOWN:
        assert plain_name(text) in {plain_name(one.text) for one in NAMES}


@given(st.sampled_from(sorted(LOOKS_LIKE)), st.integers(0, 5))
def test_every_letter_of_the_table_passes_for_its_latin_one(letter: int, at: int) -> None:
    plain = "acmexy"
    disguised = plain[:at] + chr(letter) + plain[at + 1 :]
    latin = plain[:at] + LOOKS_LIKE[letter] + plain[at + 1 :]

    assert skeleton(disguised) == skeleton(latin)
