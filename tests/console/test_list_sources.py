"""Staff see which published lists are in trouble, and let one count anew after a break-in."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from bandstand.rights.models import ListSource
from bandstand.rights.services.lists import take_list
from tests.console.conftest import Callers
from tests.factories import lists

ROOM = "/console/lists/"
CONFIRMED = {"confirmed": "yes"}
REASON = {"reason": "The publisher was broken into; Olga of Aster rang on the known number."}


@pytest.fixture
def source(callers: Callers) -> ListSource:  # noqa: ARG001 -- there must be a shop
    """Aster's list: number 900 was believed, then 8 was not."""
    found = lists.source()
    now = clock.now()
    for number, at in ((900, now - timedelta(hours=1)), (8, now)):
        body = lists.document(sequence=number)
        take_list(source_id=found.id, fetched=lists.fetched(body, at=at), now=at)
    return found


def test_list_in_trouble_stands_first_with_its_fault_and_cure(
    operator: Client, source: ListSource
) -> None:
    page = operator.get(ROOM).content.decode()
    assert "Not believed" in page
    assert "LIST_ROLLBACK" in page
    assert "aster.example" not in operator.get(f"{ROOM}?state=good").content.decode()
    assert "LIST_ROLLBACK" in operator.get(f"{ROOM}?format=csv").content.decode()

    one = operator.get(f"{ROOM}{source.id}/").content.decode()

    assert "The list is not believed (LIST_ROLLBACK)" in one
    assert "number 900" in one
    assert "list not believed" in one


def test_number_is_forgotten_only_with_a_reason_and_a_yes(
    operator: Client, source: ListSource
) -> None:
    url = f"{ROOM}{source.id}/restart/"
    assert operator.post(url, CONFIRMED).status_code == 400
    asked = operator.post(url, REASON).content.decode()
    assert "Number forgotten" in asked
    source.refresh_from_db()
    assert source.last_sequence == 900
    assert not AuditEntry.objects.filter(action="rights.list_restarted").exists()

    answer = operator.post(url, {**REASON, **CONFIRMED})

    assert answer.headers["Location"] == f"{ROOM}{source.id}/"
    assert ListSource.objects.get().last_sequence is None
    noted = AuditEntry.objects.get(action="rights.list_restarted")
    assert noted.actor == "ada@lark.example.org"
    now = clock.now()
    fetched = lists.fetched(lists.document(sequence=8), at=now)
    assert take_list(source_id=source.id, fetched=fetched, now=now).alert == ""


def test_lists_are_for_staff_alone(callers: Callers, source: ListSource) -> None:
    for stranger in callers.strangers.values():
        for path in ("", f"{source.id}/"):
            assert stranger.get(f"{ROOM}{path}").status_code in {302, 403}
        answer = stranger.post(f"{ROOM}{source.id}/restart/", {**REASON, **CONFIRMED})
        assert answer.status_code in {302, 403}
    source.refresh_from_db()
    assert source.last_sequence == 900


def test_unknown_list_is_not_there(operator: Client) -> None:
    assert operator.get(f"{ROOM}{uuid4()}/").status_code == 404
