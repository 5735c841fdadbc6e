from datetime import date

import pytest

from bandstand.radio import NetworkProfile, ProfileBand, Role, Subtraction, band, inherit
from tests.radio.cast import DAY, LARK, network, row


def test_row_lives_from_its_first_day_until_before_its_end() -> None:
    one = row("LTE 4", from_date=date(2020, 1, 1), until_date=date(2021, 1, 1))

    assert not one.is_living(date(2019, 12, 31))
    assert one.is_living(date(2020, 1, 1))
    assert one.is_living(date(2020, 12, 31))
    assert not one.is_living(date(2021, 1, 1))


def test_band_counts_in_its_best_role() -> None:
    twice = network(row("LTE 4", Role.LIMITED), row("LTE 4"), row("LTE 12", Role.SECONDARY))

    living = twice.living(DAY)

    assert living.rows[band("LTE", 4)].role is Role.PRIMARY
    assert living.primaries == {band("LTE", 4)}


def test_supplementary_bands_are_not_on_the_list_of_serving_bands() -> None:
    living = network(row("LTE 29"), row("LTE 46"), row("LTE 4")).living(DAY)

    assert living.bands == {band("LTE", 4)}


@pytest.mark.parametrize(
    ("rows", "yardstick"),
    [
        ((row("LTE 4"), row("NR 71"), row("UMTS 2")), "LTE"),
        ((row("LTE 4", Role.LIMITED), row("NR 71")), "NR"),
        ((row("UMTS 2"), row("GSM 1900")), "UMTS"),
        ((row("LTE 4", Role.LIMITED), row("UMTS 2")), "UMTS"),
        ((row("LTE 4", Role.LIMITED), row("GSM 900", Role.LIMITED)), "LTE"),
        ((row("GSM 900", Role.LIMITED),), "GSM"),
        ((row("LTE 4", until_date=date(2020, 1, 1)),), None),
    ],
)
def test_yardstick_is_the_technology_of_the_primary_bands(
    rows: tuple[ProfileBand, ...], yardstick: str | None
) -> None:
    profile = NetworkProfile(key="310-999", rows=rows)

    assert profile.living(DAY).yardstick == yardstick


def test_technology_is_gone_only_when_its_last_row_ended() -> None:
    assert set(LARK.living(DAY).sunset) == {"UMTS"}
    assert LARK.living(date(2022, 6, 30)).sunset == {}
    returning = network(
        row("GSM 900", until_date=date(2020, 1, 1)), row("GSM 900", from_date=date(2030, 1, 1))
    )
    assert returning.living(DAY).sunset == {}


def test_planned_end_is_the_last_one_and_none_while_a_row_is_open() -> None:
    day, later = date(2028, 1, 1), date(2035, 1, 1)
    ending = network(row("LTE 4", until_date=day), row("LTE 12", announced_until_date=later))
    staying = network(row("LTE 4", until_date=day), row("LTE 12"))

    (end,) = ending.living(DAY).planned_ends.values()

    assert (end[0], end[2]) == (later, False)
    assert staying.living(DAY).planned_ends == {}


def test_living_is_read_once_for_each_interval() -> None:
    assert LARK.living(date(2023, 1, 1)) is LARK.living(DAY)
    assert LARK.living(date(2022, 6, 30)) is not LARK.living(DAY)


def test_what_an_operator_lacks_still_measures_it() -> None:
    wren = inherit(LARK, key="Wren", without=Subtraction(rats=frozenset({band("NR", 71).rat})))
    narrower = inherit(wren, key="Wren 2", without=Subtraction(bands=frozenset({band("LTE", 71)})))

    living = narrower.living(DAY)

    assert band("NR", 71) not in living.bands
    assert band("LTE", 71) not in living.bands
    assert band("LTE", 71) in living.primaries
    assert narrower.keys == {"Wren 2", "Wren", "310-999", "Lark"}
