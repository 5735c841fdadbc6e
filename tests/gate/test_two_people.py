"""What the database makes of a lift by one: raw statements, and what each is refused with."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.gate import queries, services
from bandstand.gate.models import Hold, HoldAnswer
from bandstand.gate.rules.requests import Answer
from bandstand.parties.models import Person
from bandstand.parties.rules import Role
from bandstand.plumbing import clock
from bandstand.plumbing.ids import new_id
from tests.factories import gate, parties

pytestmark = pytest.mark.django_db
ADA, NOOR = "ada@lark.example.org", "noor@lark.example.org"
Words = dict[str, Any]


@pytest.fixture(autouse=True)
def staff() -> None:
    """Seat Ada and Noor at Lark's desk."""
    gate.staff(ADA)
    gate.staff(NOOR)


def held() -> Hold:
    return gate.hold(seller_id=parties.party().id)


def is_lifted(hold: Hold) -> bool:
    return Hold.objects.get(pk=hold.id).lifted_at is not None


def _run(statement: str, words: Words) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, words)
        cursor.execute("set constraints all immediate")


def _lift(words: Words, *, by: str) -> None:
    """Confirm and lift in one transaction, as the service does, in somebody's name."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ANSWER_SQL, {**words, "by": by, "who": by})
        cursor.execute(LIFT_SQL, words)
        cursor.execute("set constraints all immediate")


def _refused(statement: str, words: Words) -> str:
    with pytest.raises(DatabaseError) as caught:
        _run(statement, words)
    return str(getattr(caught.value.__cause__, "sqlstate", ""))


ANSWER_SQL = """
insert into gate_holdanswer(id, request_id, answer, reason, answered_by, person_id, answered_at)
select %(id)s, %(request)s, 'confirm', '', %(by)s, id, now()
  from parties_person where email = %(who)s"""
LIFT_SQL = """
update gate_hold set lifted_at = now(), lifted_by = 'ada', lift_confirmed_by = 'noor',
       lift_reason = 'ok' where id = %(hold)s"""


def test_database_refuses_a_lift_by_one() -> None:
    hold = held()
    request_id = gate.proposal(hold.id, by=ADA)
    words = {"id": new_id(), "request": request_id, "hold": hold.id}

    assert _refused(LIFT_SQL, words) == "P0461"
    assert _refused(ANSWER_SQL, {**words, "by": ADA, "who": ADA}) == "P0461"
    assert _refused(ANSWER_SQL, {**words, "by": NOOR, "who": ADA}) == "P0461"
    assert _refused(ANSWER_SQL, {**words, "by": ADA, "who": NOOR}) == "P0461"
    # A confirmation that lifts nothing does not stand either.
    assert _refused(ANSWER_SQL, {**words, "by": NOOR, "who": NOOR}) == "P0461"
    assert not is_lifted(hold)
    assert not HoldAnswer.objects.exists()


@pytest.mark.parametrize("who", ["proposer", "seller", "brand", "leaver"])
def test_database_refuses_a_whole_lift_that_the_wrong_person_confirms(who: str) -> None:
    hold = held()
    request_id = gate.proposal(hold.id, by=ADA)
    people = {
        "proposer": Person.objects.get(email=ADA),
        "seller": parties.membership(role=Role.SELLER).person,
        "brand": parties.membership(role=Role.BRAND).person,
        "leaver": Person.objects.get(email=gate.staff("eve@lark.example.org")),
    }
    Person.objects.filter(pk=people["leaver"].pk).update(is_active=False)
    email = people[who].email
    words: Words = {"id": new_id(), "request": request_id, "hold": hold.id}

    with pytest.raises(DatabaseError) as caught:
        _lift(words, by=email)

    assert getattr(caught.value.__cause__, "sqlstate", "") == "P0461"
    assert not is_lifted(hold)
    assert not HoldAnswer.objects.exists()


def test_database_refuses_an_answer_that_comes_too_late() -> None:
    hold, key = held(), new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into gate_holdrequest(id, hold_id, kind, scope, activities, reason,"
            " proposed_by, person_id, proposed_at, open_until)"
            " select %s, %s, 'lift', '{}', '{}', 'x', email, id, now(),"
            " clock_timestamp() + interval '5 milliseconds' from parties_person where email = %s",
            [key, hold.id, ADA],
        )
        cursor.execute("select pg_sleep(0.01)")
    words: Words = {"id": new_id(), "request": key, "hold": hold.id}

    with pytest.raises(DatabaseError) as caught:
        _lift(words, by=NOOR)

    assert getattr(caught.value.__cause__, "sqlstate", "") == "P0461"
    assert not is_lifted(hold)


def test_database_copies_the_names_and_believes_no_others() -> None:
    hold = held()
    request_id = gate.proposal(hold.id, by=ADA)

    _lift({"id": new_id(), "request": request_id, "hold": hold.id}, by=NOOR)

    row = queries.hold_row(hold.id)
    assert (row.lifted_by, row.lift_confirmed_by) == (ADA, NOOR)


@pytest.mark.parametrize("table", ["gate_holdrequest", "gate_holdanswer"])
@pytest.mark.parametrize("statement", ["update {} set reason = 'x'", "delete from {}"])
def test_proposals_and_answers_are_append_only(table: str, statement: str) -> None:
    hold = held()
    request_id = gate.proposal(hold.id, by=ADA)
    services.refuse_request(request_id=request_id, reason="No.", actor=NOOR, now=clock.now())

    assert _refused(statement.format(table), {}) == "P0460"


@pytest.mark.parametrize("answer", list(Answer))
def test_second_answer_is_refused_by_the_database_whatever_it_says(answer: Answer) -> None:
    request_id = gate.proposal(held().id, by=ADA)
    services.refuse_request(request_id=request_id, reason="No.", actor=NOOR, now=clock.now())
    statement = ANSWER_SQL.replace("confirm", answer.value)

    words = {"id": new_id(), "request": request_id, "by": NOOR, "who": NOOR}
    assert _refused(statement, words) == "P0461"
    assert HoldAnswer.objects.count() == 1
