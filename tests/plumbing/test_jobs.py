import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from bandstand.plumbing import jobs

TASK = "bandstand.plumbing.tasks.deliver_event"


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = %s", [TASK])
        row = cursor.fetchone()
    return int(row[0])


class RolledBackError(Exception):
    """Undoes a transaction."""


@pytest.mark.django_db
def test_job_of_a_transaction_that_rolls_back_was_never_there() -> None:
    def defer_and_fail() -> None:
        with transaction.atomic():
            jobs.defer(TASK, event_id="1")
            assert waiting() == 1
            raise RolledBackError

    with pytest.raises(RolledBackError):
        defer_and_fail()

    assert waiting() == 0


@pytest.mark.django_db
def test_inside_a_worker_jobs_still_belong_to_the_callers_transaction() -> None:
    # A worker replaces the app's connector by one of its own.
    with app.replace_connector(InMemoryConnector()):
        jobs.defer(TASK, event_id="1")

    assert waiting() == 1


@pytest.mark.django_db
def test_a_job_is_added_once_while_it_waits() -> None:
    jobs.defer(TASK, once="bell", event_id="1")
    jobs.defer(TASK, once="bell", event_id="2")

    assert waiting() == 1
