"""Letters as proof: two different readers, a contact found elsewhere, twelve months at most."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from bandstand.parties.models import Person
from bandstand.parties.rules.files import FileRefusedError
from bandstand.plumbing.models import AuditEntry, Letter
from bandstand.rights.models import Document, DocumentReview, Grant, IssuerContact
from bandstand.rights.queries.documents import document_row, documents_waiting
from bandstand.rights.rules import GrantScope
from bandstand.rights.rules.documents import (
    DocumentMove,
    DocumentRefusedError,
    DocumentState,
    DocumentWordsError,
    Reading,
)
from bandstand.rights.services import documents as services
from tests.factories import files, parties
from tests.rights.document_world import NOW, WHY, Shop


@pytest.fixture(autouse=True)
def _private(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def shop(db: None) -> Shop:  # noqa: ARG001 -- opens the database
    return Shop()


def test_two_readers_make_a_grant_at_the_level_of_a_document(shop: Shop) -> None:
    document_id = shop.submit()
    contact_id = shop.ask(document_id, shop.ada)

    assert shop.read(document_id, shop.ada, contact_id) is DocumentState.HALF
    assert not Grant.objects.exists()
    assert shop.read(document_id, shop.omar, contact_id) is DocumentState.ACCEPTED

    grant = Grant.objects.get()
    assert (grant.grantee_id, grant.level) == (shop.northgate.id, "document")
    assert grant.until_at == datetime(2027, 10, 1, tzinfo=UTC)
    assert grant.brands == [shop.aster.id]
    assert Document.objects.get().sha256 in grant.evidence
    assert Letter.objects.get(kind="document").to_address == shop.northgate.email


def test_row_tells_the_claim_the_letter_and_who_found_what(shop: Shop) -> None:
    document_id = shop.submit()
    shop.read(document_id, shop.ada, shop.ask(document_id, shop.ada))

    row = document_row(document_id)

    assert row is not None
    assert row.file_name == "Authorisation.pdf"
    assert row.brands == (shop.aster.name,)
    assert "Aster Devices GmbH authorises" in row.text_found
    assert "deals@aster-partners.example" in row.contacts_found
    assert [one.reviewer for one in row.reviews] == [shop.ada.email]
    assert [one.source for one in row.contacts] == ["https://aster.example/imprint"]
    assert [one.id for one in documents_waiting()] == [document_id]


@pytest.mark.parametrize(
    "given",
    [
        "deals@aster-partners.example",
        " Deals@Aster-Partners.EXAMPLE ",
        "+49 (0)30 5550-1234",
        "030/55501234",
    ],
)
def test_contact_that_the_letter_gives_is_refused(shop: Shop, given: str) -> None:
    document_id = shop.submit()

    with pytest.raises(DocumentWordsError, match="stands in the document itself"):
        shop.ask(document_id, shop.ada, value=given)

    assert not IssuerContact.objects.exists()


def test_acceptance_needs_an_answer_and_the_readers_word_that_it_is_independent(shop: Shop) -> None:
    document_id = shop.submit()
    contact_id = shop.ask(document_id, shop.ada)
    other = shop.submit(content=files.png())
    accept = DocumentMove.ACCEPT

    for reading in (
        Reading(move=accept, reason=WHY, is_independent=True),
        Reading(move=accept, reason=WHY, contact_id=contact_id),
        Reading(move=accept, reason="ok", contact_id=contact_id, is_independent=True),
    ):
        with pytest.raises(DocumentWordsError):
            services.review_document(
                document_id=document_id, person_id=shop.ada.id, reading=reading, now=NOW
            )
    with pytest.raises(DocumentWordsError, match="answer of the issuer"):
        shop.read(other, shop.ada, contact_id)

    assert not DocumentReview.objects.exists()
    assert set(Document.objects.values_list("state", flat=True)) == {"waiting"}


def test_nobody_reads_twice_or_reads_what_is_their_own(shop: Shop) -> None:
    document_id = shop.submit()
    contact_id = shop.ask(document_id, shop.ada)
    shop.read(document_id, shop.ada, contact_id)
    parties.membership(person=shop.omar, party=shop.northgate)

    for person in (shop.ada, shop.nora, shop.omar, parties.person()):
        with pytest.raises(DocumentRefusedError):
            shop.read(document_id, person, contact_id)

    assert DocumentReview.objects.count() == 1
    assert Document.objects.get().state == "half"
    assert not Grant.objects.exists()


def test_uploader_who_is_staff_does_not_read_it(shop: Shop) -> None:
    document_id = services.submit_document(
        seller_id=shop.northgate.id,
        person_id=shop.ada.id,
        content=files.pdf(),
        file_name="letter.pdf",
        claim=shop.claim(),
        now=NOW,
    )

    with pytest.raises(DocumentRefusedError):
        shop.ask(document_id, shop.ada)


def _review_by(person: Person, document_id: UUID, contact_id: UUID) -> None:
    DocumentReview.objects.create(
        document_id=document_id,
        reviewer=person,
        verdict="accept",
        reason=WHY,
        contact_id=contact_id,
        is_independent=True,
        reviewed_at=NOW,
    )


def test_database_itself_wants_two_different_readers(shop: Shop) -> None:
    document_id = shop.submit()
    contact_id = shop.ask(document_id, shop.ada)
    _review_by(shop.ada, document_id, contact_id)
    grant = _a_grant(shop)
    accepted = {"state": "accepted", "grant": grant}

    deeds: list[tuple[str, Callable[[], object]]] = [
        ("once_each", lambda: _review_by(shop.ada, document_id, contact_id)),
        ("does not read", lambda: _review_by(shop.nora, document_id, contact_id)),
        ("two people", lambda: Document.objects.update(**accepted)),
        ("kept as it was", lambda: Document.objects.update(sha256="0" * 64)),
        ("kept as it was", lambda: Document.objects.update(markets=["DE"])),
        ("append-only", lambda: connection.cursor().execute("delete from rights_document")),
        ("append-only", lambda: DocumentReview.objects.update(verdict="refuse", contact=None)),
        ("append-only", lambda: IssuerContact.objects.update(value="other@aster.example")),
    ]
    for told, deed in deeds:
        with pytest.raises(DatabaseError, match=told), transaction.atomic():
            deed()

    _review_by(shop.omar, document_id, contact_id)
    assert Document.objects.update(**accepted) == 1
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        Document.objects.update(state="refused", grant=None)


def _a_grant(shop: Shop) -> Grant:
    return Grant.objects.create(
        grantee=shop.northgate,
        issuer_brand=shop.aster,
        brands=[shop.aster.id],
        categories=[shop.phone.model.category_id],
        markets=["US"],
        conditions=["new"],
        from_at=NOW,
        until_at=NOW + timedelta(days=9),
        level="document",
    )


def test_database_takes_no_document_that_proves_longer_than_a_year(shop: Shop) -> None:
    shop.submit()
    row = Document.objects.get()
    row.pk, row.sha256 = None, "1" * 64
    row.until_at = datetime(2027, 10, 1, 0, 0, 1, tzinfo=UTC)

    with pytest.raises(DatabaseError, match="twelve months"), transaction.atomic():
        Document.objects.bulk_create([row])

    assert Document.objects.count() == 1


def test_refusal_tells_the_seller_why_and_what_would_mend_it(shop: Shop) -> None:
    document_id = shop.submit()

    services.review_document(
        document_id=document_id,
        person_id=shop.ada.id,
        reading=Reading(
            move=DocumentMove.REFUSE,
            reason="The brand says it never wrote this letter.",
            cure="Ask Aster's legal department for a letter.",
        ),
        now=NOW,
    )

    letter = Letter.objects.get(kind="document")
    assert Document.objects.get().state == "refused"
    assert "never wrote this letter" in letter.body
    assert "Ask Aster's legal department" in letter.body
    assert not Grant.objects.exists()
    with pytest.raises(DocumentRefusedError):
        shop.ask(document_id, shop.omar)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"letter_date": date(2026, 11, 23)}, "letter_date"),
        ({"letter_date": date(2025, 11, 22)}, "letter_date"),
        ({"until_at": datetime(2027, 10, 1, 0, 0, 1, tzinfo=UTC)}, "until"),
        ({"until_at": datetime(2026, 9, 1, tzinfo=UTC)}, "until"),
        ({"until_at": datetime(2026, 11, 22, tzinfo=UTC)}, "until"),
        ({"issuer_brand_id": None}, "issuer"),
    ],
)
def test_claim_that_no_document_could_prove_is_refused(
    shop: Shop, tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(DocumentWordsError) as refused:
        shop.submit(**changes)

    assert refused.value.fields["field"] == field
    assert not Document.objects.exists()
    assert not (tmp_path / "vault").exists()


@pytest.mark.parametrize("part", ["brands", "categories", "markets", "conditions"])
def test_claim_names_something_in_every_part(shop: Shop, part: str) -> None:
    scope = shop.claim().scope
    parts = {
        name: getattr(scope, name) for name in ("brands", "categories", "markets", "conditions")
    }

    with pytest.raises(DocumentWordsError, match="at least one"):
        shop.submit(scope=GrantScope(**{**parts, part: frozenset()}))


def test_hostile_file_is_refused_and_no_document_is_there(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError):
        shop.submit(content=b"<svg onload=alert(1)></svg>")

    assert not Document.objects.exists()
    assert not (tmp_path / "vault").exists()


def test_same_file_while_it_waits_is_the_same_document(shop: Shop) -> None:
    first = shop.submit()
    assert shop.submit() == first

    services.withdraw_document(document_id=first, person_id=shop.nora.id, now=NOW)

    assert shop.submit() != first


def test_two_documents_of_the_same_claim_share_their_grant(shop: Shop) -> None:
    for content in (files.pdf(), files.png()):
        document_id = shop.submit(content=content)
        contact_id = shop.ask(document_id, shop.ada)
        shop.read(document_id, shop.ada, contact_id)
        shop.read(document_id, shop.omar, contact_id)

    assert Grant.objects.count() == 1
    assert set(Document.objects.values_list("state", flat=True)) == {"accepted"}


def test_opening_a_file_is_recorded(shop: Shop) -> None:
    document_id = shop.submit()

    content = services.open_document_file(document_id=document_id, actor="ada", now=NOW)

    assert content == files.pdf()
    assert AuditEntry.objects.filter(action="document.open", actor="ada").count() == 1


def test_end_that_draws_near_is_told_twice_and_no_more(shop: Shop) -> None:
    document_id = shop.submit()
    contact_id = shop.ask(document_id, shop.ada)
    shop.read(document_id, shop.ada, contact_id)
    shop.read(document_id, shop.omar, contact_id)
    end = datetime(2027, 10, 1, tzinfo=UTC)

    told = [
        services.remind_of_ends(now=end - timedelta(days=days))
        for days in (31, 30, 29, 8, 7, 6, 0, -1)
    ]

    assert told == [0, 1, 0, 0, 1, 0, 0, 0]


REVIEW_SQL = """
insert into rights_documentreview
  (id, document_id, reviewer_id, verdict, reason, cure, contact_id, is_independent, reviewed_at)
values (gen_random_uuid(), %s, %s, 'accept', 'read on another connection', '', %s, true, now())
"""


def test_one_person_on_two_connections_reads_once(scratch_database: str) -> None:
    shop = Shop()
    document_id = shop.submit()
    contact_id = shop.ask(document_id, shop.ada)
    told: list[str] = []

    def read_too() -> None:
        with psycopg.connect(scratch_database) as other:
            try:
                other.execute(REVIEW_SQL, [document_id, shop.ada.id, contact_id])
            except psycopg.errors.UniqueViolation as refused:
                told.append(str(refused))

    with psycopg.connect(scratch_database) as first:
        first.execute(REVIEW_SQL, [document_id, shop.ada.id, contact_id])
        second = Thread(target=read_too)
        second.start()
        second.join(timeout=1)
        assert second.is_alive()  # it waits for its turn at the document's row
    second.join(timeout=10)

    assert len(told) == 1
    assert DocumentReview.objects.count() == 1


def test_two_people_at_once_make_one_grant(scratch_database: str) -> None:
    shop = Shop()
    document_id = shop.submit()
    contact_id = shop.ask(document_id, shop.ada)

    with psycopg.connect(scratch_database) as first:
        first.execute(REVIEW_SQL, [document_id, shop.ada.id, contact_id])
        first.execute("update rights_document set state = 'half' where id = %s", [document_id])
    assert shop.read(document_id, shop.omar, contact_id) is DocumentState.ACCEPTED

    assert Grant.objects.count() == 1
