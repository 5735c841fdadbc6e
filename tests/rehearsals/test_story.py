import pytest
import pytest_django

from bandstand.config.rehearsals.story import run_story
from bandstand.plumbing import clock

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def real_database(
    django_db_modify_db_settings: None,  # noqa: ARG001 -- starts the server
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> object:
    with django_db_blocker.unblock():
        yield


def test_february_2016_ends_well() -> None:
    report = run_story(now=clock.now())

    assert report.broken_promises == []
    said = report.as_json()
    assert said["listed_without_override"] == 0
    assert said["orders_after_hold"] == 0
    assert said["oversold"] == 0
    assert said["ledger_imbalance"] == 0
    assert said["passports_bad"] == 0
    assert report.affected >= 30
    assert report.made_whole == report.affected
    assert {fit["tier"] for fit in report.fits} == {"limited"}
    assert all(refusal["result"] == "deny" for refusal in report.refusals)
    assert all(refusal["reasons"] for refusal in report.refusals)
    assert said["timeline"]
    assert report.lines()[-1].startswith("Every promise held")


def test_with_the_guard_blind_the_story_reports_what_broke() -> None:
    report = run_story(now=clock.now(), without_guard=True)

    assert report.orders_after_hold > 0
    assert report.late_script == "committed"
    assert any("committed after the hold" in broken for broken in report.broken_promises)
    assert report.lines()[-1].startswith("Promises broken")
