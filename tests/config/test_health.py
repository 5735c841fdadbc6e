from datetime import timedelta

import pytest
from django.test import Client

from bandstand.plumbing import beats, clock


def test_live_needs_no_database(client: Client) -> None:
    assert client.get("/healthz/live").status_code == 200


@pytest.mark.django_db
def test_ready_only_while_a_worker_was_seen_lately(client: Client) -> None:
    assert client.get("/healthz/ready").status_code == 503

    beats.beat("worker:1", now=clock.now())
    answer = client.get("/healthz/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": True, "migrations": True, "worker": True}

    beats.beat("worker:1", now=clock.now() - timedelta(minutes=5))
    assert client.get("/healthz/ready").json()["checks"]["worker"] is False
