"""The demo's clock goes forward only, by days, and only while somebody does the jobs."""

import pytest

from bandstand.config.demo.ahead import DAYS_MAX, go_ahead
from bandstand.config.environment import MisconfiguredError, read_environment
from bandstand.kernel.errors import BadInputError, UnavailableError

SHOP = {
    "ENV": "production",
    "SECRET_KEY": "s" * 50,
    "DATABASE_URL": "postgresql://shop@db/shop",
    "BASE_URL": "https://shop.example",
    "ALLOW_SANDBOX_GATEWAY": "1",
}


@pytest.mark.parametrize("days", [0, -1, DAYS_MAX + 1])
def test_days_that_make_no_sense_are_refused(days: int) -> None:
    with pytest.raises(BadInputError, match="1 to"):
        go_ahead(days=days, at_once=False, say=print)


@pytest.mark.django_db
def test_nobody_at_work_is_said() -> None:
    with pytest.raises(UnavailableError, match="bandstand up"):
        go_ahead(days=1, at_once=False, say=print)


def test_production_goes_by_the_worlds_clock() -> None:
    assert read_environment(SHOP).clock_file == ""

    with pytest.raises(MisconfiguredError, match="CLOCK_FILE"):
        read_environment({**SHOP, "CLOCK_FILE": "var/clock-ahead"})
