import json
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings, strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from bandstand.plumbing.models import OutboxEvent
from bandstand.provenance import services
from bandstand.provenance.models import CaptureJob, Event, EventTerm, Sighting
from bandstand.provenance.rules import DocumentRefusedError, JobState
from bandstand.provenance.services import capturing
from tests.factories.provenance import (
    MADE_AT,
    NOW,
    box,
    captured,
    chain,
    epc,
    event,
    packing,
    unit,
)
from tests.provenance.world import World

ID = "urn:uuid:8d1f7a1e-0000-4000-8000-00000000000a"
WRONG = event("inspecting", action="NO")


def test_capture_keeps_document_events_and_every_identifier(world: World) -> None:
    events = chain(world.maker, world.seller)

    job = captured(*events, sender=world.aster)

    assert (job.state, job.is_success) == (JobState.DONE, True)
    assert (job.events_total, job.events_new, job.events_known) == (3, 3, 0)
    assert json.loads(bytes(CaptureJob.objects.get().document))["type"] == "EPCISDocument"
    assert set(Event.objects.values_list("sender_id", "job_id")) == {(world.aster.id, job.id)}
    assert EventTerm.objects.count() == 3 + 2 + 4 + 4


def test_same_event_again_is_one_event_and_both_senders_have_it(world: World) -> None:
    events = chain(world.maker, world.seller)
    captured(*events, sender=world.aster)

    again = captured(*events, events[0], sender=world.northgate)

    assert (again.events_new, again.events_known, again.is_success) == (0, 4, True)
    assert Event.objects.count() == 3
    assert Sighting.objects.filter(sender=world.northgate).count() == 3


def test_other_content_under_a_known_id_is_refused_and_changes_nothing(world: World) -> None:
    captured(event("inspecting", eventID=ID), sender=world.aster)
    before = Event.objects.get().body

    job = captured(event("storing", eventID=ID), sender=world.northgate)

    assert [one.path for one in job.faults] == ["$.epcisBody.eventList[0]"]
    assert "other content" in job.faults[0].message
    assert Event.objects.get().body == before


def test_rollback_keeps_nothing_and_proceed_keeps_what_is_right(world: World) -> None:
    good = chain(world.maker, world.seller)

    rolled = captured(good[0], WRONG, good[1], on_error="rollback")
    assert (rolled.is_success, rolled.events_new, Event.objects.count()) == (False, 0, 0)
    assert [one.path for one in rolled.faults] == ["$.epcisBody.eventList[1].action"]
    assert not OutboxEvent.objects.exists()

    went_on = captured(good[0], WRONG, good[1], on_error="proceed")
    assert (went_on.is_success, went_on.events_new, Event.objects.count()) == (False, 2, 2)


@pytest.mark.django_db
def test_what_is_no_document_leaves_no_trace() -> None:
    with pytest.raises(DocumentRefusedError):
        services.capture(
            document=b"{}", sender_party_id=None, on_error="rollback", actor="test", now=NOW
        )

    assert not CaptureJob.objects.exists()


@pytest.mark.parametrize("on_error", ["rollback", "proceed"])
def test_large_document_waits_for_its_job_and_may_run_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, on_error: str
) -> None:
    monkeypatch.setattr(capturing, "AT_ONCE_MAX", 2)
    monkeypatch.setattr(capturing, "BATCH", 2)
    events = chain(world.maker, world.other, world.seller)

    job = captured(*events, on_error=on_error, at_once=False)
    assert (job.state, job.events_total, Event.objects.count()) == (JobState.WAITING, 5, 0)
    assert ProcrastinateJob.objects.filter(args={"job_id": str(job.id)}).count() == 1

    done = services.run_capture(job_id=job.id, now=NOW)
    again = services.run_capture(job_id=job.id, now=NOW)

    assert done == again
    assert (done.is_success, done.events_read, done.events_new) == (True, 5, 5)


def test_job_that_died_goes_on_and_counts_no_event_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capturing, "AT_ONCE_MAX", 0)
    events = chain(world.maker, world.seller)
    job = captured(*events, on_error="proceed", at_once=False)
    captured(*events[:2])

    done = services.run_capture(job_id=job.id, now=NOW)

    assert (done.events_read, done.events_new, done.events_known) == (3, 1, 2)


def test_change_of_custody_is_told_with_what_the_boxes_hold(world: World) -> None:
    captured(event("commissioning", taker=world.maker))
    captured(packing(at=MADE_AT + timedelta(days=1), parent=box(), children=[epc()]))
    OutboxEvent.objects.update(delivered_at=NOW)

    captured(event("shipping", epcs=[box()], giver=world.maker, taker=world.seller))

    told = OutboxEvent.objects.get(kind="provenance.custody_changed", delivered_at=None)
    assert len(told.payload["identifiers"]) == 2
    assert any(one.endswith("/21/A1") for one in told.payload["identifiers"])


def test_key_is_shown_once_and_only_its_hash_is_kept(world: World) -> None:
    made = services.make_key(
        party_id=world.aster.id, scopes=["epcis:query"], name="", actor="test", now=NOW
    )

    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(k)::text from provenance_epciskey k")
        (kept,) = cursor.fetchone() or ("",)
    assert made.token not in kept
    assert services.revoke_key(key_id=made.id, actor="test", now=NOW)
    assert not services.revoke_key(key_id=made.id, actor="test", now=NOW)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(5)), cuts=st.sets(st.integers(1, 4)))
def test_custody_does_not_depend_on_order_or_portions_of_capture(
    world: World, order: list[int], cuts: set[int]
) -> None:
    serial = f"P{abs(hash((tuple(order), frozenset(cuts)))) % 10**9}"
    events = chain(world.maker, world.other, world.seller, epcs=[epc(serial)])
    shuffled = [events[at] for at in order]
    edges = [0, *sorted(cuts), len(shuffled)]

    for start, end in pairwise(edges):
        captured(*shuffled[start:end])

    found = world.custody(unit(serial))
    assert found.status.value == "complete"
    assert [step.kind.value for step in found.steps] == [
        "made",
        "shipped",
        "received",
        "shipped",
        "received",
    ]
