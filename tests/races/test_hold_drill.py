from collections.abc import Iterator

import pytest
import pytest_django

from bandstand.config.rehearsals.hold_drill import run_drill

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _server(
    django_db_modify_db_settings: None,  # noqa: ARG001 -- starts the server
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def test_drill_keeps_the_promise_with_the_guard() -> None:
    report = run_drill(buyers=6, seconds=3)

    assert report.commits > 0
    assert report.holds > 0
    assert report.in_scope_refusals > 0
    assert report.violations == 0
    assert report.out_of_scope_refusals == 0
    assert report.is_promise_kept


def test_drill_finds_violations_without_the_guard() -> None:
    report = run_drill(buyers=6, seconds=3, without_guard=True)

    assert report.violations > 0
    assert not report.is_promise_kept
    assert report.as_json()["guard"] is False
