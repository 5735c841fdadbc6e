import doctest
from pathlib import Path

from bandstand.radio import ReasonCode, Tier

PAGE = Path(__file__).parents[2] / "docs" / "radio.md"


def test_examples_of_the_page_run() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False)

    assert result.attempted > 15
    assert result.failed == 0


def test_page_names_every_tier_and_reason() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert [one.value for one in Tier if f"`{one.value}`" not in text] == []
    assert [one.value for one in ReasonCode if f"`{one.value}`" not in text] == []
