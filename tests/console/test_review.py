"""The review desk: one list of what waits; documents and identities side by side with the form."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from bandstand.offers.services import publish
from bandstand.parties import services as identity
from bandstand.parties.models import IdentityCheck, OperatorProfile, Party, Person
from bandstand.parties.rules import Role
from bandstand.parties.rules.identity_specs import IdentityName
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from bandstand.rights.models import Document, DocumentReview, Grant, IssuerContact
from bandstand.rights.rules import Condition, GrantScope
from bandstand.rights.rules.documents import DocumentClaim, DocumentKind, last_instant
from bandstand.rights.services.documents import submit_document
from tests.console.conftest import Callers, client_of
from tests.factories import catalogue, files, offers, parties, rights

REVIEW = "/console/review/"
ASK = {
    "channel": "email",
    "contact_value": "legal@aster.example",
    "contact_source": "https://aster.example/imprint",
    "contact_answer": "Yes, we wrote it. A. Bell.",
}


class Desk:
    """Lark's desk: Ada and Omar read; Nora of Northgate shows a letter and states a name."""

    def __init__(self, callers: Callers) -> None:
        self.ada, self.callers = callers.operator, callers
        lark = OperatorProfile.objects.get().party
        self.omar = client_of("omar@lark.example.org", party=lark, role=Role.OPERATOR)
        self.northgate: Party = parties.party(slug="northgate", verified_at=None)
        self.nora: Person = parties.membership(
            person=parties.person(email="nora2@northgate.example.org"), party=self.northgate
        ).person

    def letter(self, content: bytes = b"") -> UUID:
        phone = catalogue.variant()
        on = clock.now().date() - timedelta(days=30)
        return submit_document(
            seller_id=self.northgate.id,
            person_id=self.nora.id,
            content=content or files.pdf(),
            file_name="<b>letter</b>.pdf",
            claim=DocumentClaim(
                kind=DocumentKind.LETTER,
                scope=GrantScope(
                    brands=frozenset({phone.model.brand_id}),
                    categories=frozenset({phone.model.category_id}),
                    markets=frozenset({"US"}),
                    conditions=frozenset({Condition.NEW}),
                ),
                letter_date=on,
                from_at=datetime(on.year, on.month, on.day, tzinfo=UTC),
                until_at=last_instant(on),
                issuer_brand_id=phone.model.brand_id,
            ),
            now=clock.now(),
        )

    def name(self, text: str = "Northgate Devices Inc") -> UUID:
        return identity.state_identity(
            party_id=self.northgate.id,
            name=IdentityName.LEGAL_NAME,
            text=text,
            source="Delaware register",
            person_id=self.nora.id,
            now=clock.now(),
        )

    def read(self, client: Client, url: str, **changes: str) -> int:
        said = {
            "verdict": "accept",
            "contact": str(IssuerContact.objects.get().id),
            "is_independent": "on",
            "reason": "The issuer confirmed it in writing.",
            **changes,
        }
        return client.post(f"{url}read/", said).status_code


@pytest.fixture
def desk(callers: Callers, settings: Settings, tmp_path: Path) -> Desk:
    settings.VAR_DIR = tmp_path
    return Desk(callers)


def conditional_offer(seller: Party) -> None:
    phone = catalogue.variant()
    rights.grant(grantee=seller, brand=phone.model.brand, category=phone.model.category)
    rights.approval(variant=phone, state="conditional")
    publish(offer_id=offers.draft(seller=seller, variant=phone), actor="nora", now=clock.now())


def test_one_list_holds_every_kind_of_thing_that_waits(desk: Desk) -> None:
    conditional_offer(parties.party(slug="harbor"))
    desk.letter()
    desk.name()

    page = desk.ada.get(REVIEW).content.decode()

    assert "3 things" in page
    for words in ("Two people read it.", "Full legal name", "from: Delaware register"):
        assert words in page
    assert page.index("Full legal name") < page.index("Letter of")  # it has a deadline


def test_list_filters_searches_sorts_and_goes_to_a_spreadsheet(desk: Desk) -> None:
    conditional_offer(parties.party(slug="harbor"))
    desk.letter()
    desk.name()

    assert "1 thing" in desk.ada.get(f"{REVIEW}?kind=document").content.decode()
    assert "2 things" in desk.ada.get(f"{REVIEW}?q=northgate").content.decode()
    assert "is not a known kind" in desk.ada.get(f"{REVIEW}?kind=nonsense").content.decode()
    by_kind = list(
        csv.reader(StringIO(desk.ada.get(f"{REVIEW}?format=csv&sort=-kind").content.decode()))
    )

    assert [row[0] for row in by_kind] == ["kind", "offer", "identity", "document"]


def test_review_desk_is_for_staff_alone(desk: Desk) -> None:
    document = f"/console/review/documents/{desk.letter()}/"
    statement = f"/console/sellers/statements/{desk.name()}/"
    for url in (REVIEW, document, f"{document}file/", "/console/sellers/", f"{statement}check/"):
        for name, client in desk.callers.strangers.items():
            assert client.get(url).status_code == (302 if name == "anonymous" else 403), url
    for name, client in desk.callers.strangers.items():
        expected = 302 if name == "anonymous" else 403
        assert client.post(f"{document}ask/", ASK).status_code == expected
        assert client.post(f"{document}read/", {}).status_code == expected
    assert not IssuerContact.objects.exists()


def test_document_is_read_by_two_and_becomes_a_grant(desk: Desk) -> None:
    url = f"/console/review/documents/{desk.letter()}/"
    page = desk.ada.get(url).content.decode()
    for words in ("What the seller claims", "What we know", "deals@aster-partners.example"):
        assert words in page
    assert "<b>letter</b>" not in page

    assert desk.ada.post(f"{url}ask/", ASK).status_code == 302
    assert desk.read(desk.ada, url) == 302
    again = desk.ada.get(url).content.decode()
    assert "You have read it; a second person reads it now." in again
    assert desk.read(desk.ada, url) == 409
    assert not Grant.objects.exists()
    assert desk.read(desk.omar, url) == 302

    assert Grant.objects.get().level == "document"
    assert "Accepted" in desk.omar.get(url).content.decode()


def test_contact_out_of_the_letter_is_told_at_its_field(desk: Desk) -> None:
    url = f"/console/review/documents/{desk.letter()}/"

    answer = desk.ada.post(f"{url}ask/", {**ASK, "contact_value": "deals@aster-partners.example"})

    assert answer.status_code == 400
    assert "stands in the document itself" in answer.content.decode()
    assert not IssuerContact.objects.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"verdict": ""}, "Choose accept or refuse."),
        ({"reason": ""}, "Say why"),
        ({"reason": "ok"}, "at least 10 characters"),
        ({"is_independent": ""}, "Confirm that you looked"),
        ({"contact": ""}, "Accepting needs an answer of the issuer"),
    ],
)
def test_reading_that_lacks_something_is_told_and_does_nothing(
    desk: Desk, changes: dict[str, str], told: str
) -> None:
    url = f"/console/review/documents/{desk.letter()}/"
    desk.ada.post(f"{url}ask/", ASK)
    said = {
        "verdict": "accept",
        "contact": str(IssuerContact.objects.get().id),
        "is_independent": "on",
        "reason": "The issuer confirmed it.",
        **changes,
    }

    answer = desk.ada.post(f"{url}read/", {key: value for key, value in said.items() if value})

    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert not DocumentReview.objects.exists()
    assert Document.objects.get().state == "waiting"


def test_file_is_a_download_and_its_opening_is_recorded(desk: Desk) -> None:
    script = b"9 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj\n"
    url = f"/console/review/documents/{desk.letter(files.pdf(extra=script))}/"

    answer = desk.ada.get(f"{url}file/")

    assert answer["Content-Disposition"].startswith('attachment; filename="letter-')
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert AuditEntry.objects.filter(action="document.open").exists()
    assert "It holds JavaScript." in desk.ada.get(url).content.decode()


def test_identity_is_checked_beside_what_is_stated(desk: Desk) -> None:
    statement_id = desk.name()
    url = "/console/sellers/northgate/"
    page = desk.ada.get(url).content.decode()
    assert "What the seller states" in page
    assert "Delaware register" in page
    said = {
        "legal_name-verdict": "accepted",
        "legal_name-method": "official_database",
        "legal_name-source": "https://icis.corp.delaware.gov",
        "legal_name-reason": "The register says the same.",
    }

    wrong = desk.ada.post(
        f"/console/sellers/statements/{statement_id}/check/", {**said, "legal_name-source": ""}
    )
    assert wrong.status_code == 400
    assert not IdentityCheck.objects.exists()
    desk.ada.post(f"/console/sellers/statements/{statement_id}/check/", said)

    assert IdentityCheck.objects.get().verdict == "accepted"
    assert "The register says the same." in desk.ada.get(url).content.decode()
    assert "Full legal name" not in desk.ada.get(REVIEW).content.decode()


def test_seller_is_not_admitted_before_everything_is_verified(desk: Desk) -> None:
    desk.name()

    answer = desk.ada.post("/console/sellers/northgate/admit/")

    desk.northgate.refresh_from_db()
    assert answer.status_code == 409
    assert "Not verified yet" in answer.content.decode()
    assert desk.northgate.verified_at is None


def test_list_of_sellers_says_how_each_stands(desk: Desk) -> None:
    desk.name()

    page = desk.ada.get("/console/sellers/?q=northgate").content.decode()

    assert "May not sell yet" in page
    assert "0 of 11" in page
    assert "1 seller" in page
