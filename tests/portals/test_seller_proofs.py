"""A seller states who it is, shows documents, and finds from an offer the place to mend it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from bandstand.parties.models import IdentityField, Party
from bandstand.plumbing import clock
from bandstand.rights.models import Document
from tests.factories import catalogue, files
from tests.portals.conftest import Portals
from tests.portals.world import printed, refused_offer

IDENTITY = "/portals/seller/identity/"
DOCUMENTS = "/portals/seller/documents/"


@pytest.fixture(autouse=True)
def _private(settings: Settings, tmp_path: Path, db: None) -> None:  # noqa: ARG001 -- opens the database
    settings.VAR_DIR = tmp_path
    catalogue.category()


def state(client: Client, field: str, value: object, source: str = "Own word") -> int:
    posted = {"field": field, f"{field}-value": value, f"{field}-source": source}
    return client.post(IDENTITY, posted).status_code


def letter(content: bytes = b"", name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or files.pdf(), content_type="text/html")


def claim(**changes: object) -> dict[str, object]:
    today = clock.now().date()
    return {
        "file": letter(),
        "kind": "letter",
        "issuer": "brand",
        "letter_date": (today - timedelta(days=30)).isoformat(),
        "until": "",
        "brand": "aster",
        "categories": ["phone"],
        "markets": ["US"],
        "conditions": ["new"],
        **changes,
    }


def test_identity_page_names_every_field_and_who_asks(portals: Portals) -> None:
    page = portals.seller.get(IDENTITY).content.decode()

    assert page.count("Missing") >= 11
    for words in (
        "Full legal name",
        "Tax identification number",
        "United States",
        "European Union",
    ):
        assert words in page


def test_stated_field_waits_and_its_secret_is_masked_everywhere(portals: Portals) -> None:
    assert state(portals.seller, "tax_id", "US 04-2103594") == 302

    page = portals.seller.get(IDENTITY).content.decode()

    assert "Being checked" in page
    assert "•••• 3594" in page
    assert "2103594" not in page


def test_wrong_field_keeps_what_was_typed_and_says_how_to_mend_it(portals: Portals) -> None:
    answer = portals.seller.post(
        IDENTITY, {"field": "phone", "phone-value": "212 736 5000", "phone-source": "Own word"}
    )

    assert answer.status_code == 400
    assert b"country code" in answer.content
    assert b'value="212 736 5000"' in answer.content
    assert not IdentityField.objects.exists()


@pytest.mark.parametrize("field", ["", "nonsense", "password"])
def test_unknown_field_is_not_there(portals: Portals, field: str) -> None:
    assert portals.seller.post(IDENTITY, {"field": field}).status_code == 404
    assert not IdentityField.objects.exists()


def test_copy_of_an_identity_document_comes_back_as_a_download_only(portals: Portals) -> None:
    scan = letter(files.png(), name="../../<script>.png")
    assert state(portals.seller, "id_document", scan) == 302
    row = IdentityField.objects.get()
    url = f"{IDENTITY}{row.id}/file/"

    answer = portals.seller.get(url)

    assert answer.content == files.png()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith('attachment; filename="id_document-')
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "<script>" not in portals.seller.get(IDENTITY).content.decode()
    for other in (portals.other_seller, portals.brand):
        assert other.get(url).status_code in {403, 404}
    assert portals.anonymous.get(url).status_code == 302


def test_document_is_sent_and_shown_to_its_seller_only(portals: Portals) -> None:
    answer = portals.seller.post(f"{DOCUMENTS}new/", claim())

    document = Document.objects.get()
    assert answer["Location"] == f"{DOCUMENTS}{document.id}/"
    assert document.media_type == "application/pdf"
    page = portals.seller.get(answer["Location"]).content.decode()
    assert "Waits for two readers" in page
    assert "letter.pdf" in portals.seller.get(DOCUMENTS).content.decode()
    assert portals.other_seller.get(answer["Location"]).status_code == 404
    assert portals.brand.get(answer["Location"]).status_code == 403
    assert portals.other_seller.post(f"{answer['Location']}withdraw/").status_code == 404
    document.refresh_from_db()
    assert document.state == "waiting"

    portals.seller.post(f"{answer['Location']}withdraw/")

    document.refresh_from_db()
    assert document.state == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"file": letter(b"<svg onload=alert(1)></svg>", name="letter.pdf")}, b"neither a PDF"),
        ({"file": letter(files.png() + b"PK\x03\x04")}, b"hidden behind it"),
        ({"file": ""}, b"Choose a file"),
        ({"letter_date": "2020-01-01"}, b"older than 12 months"),
        ({"letter_date": "tomorrow"}, b"Enter a valid date"),
        ({"categories": []}, b"Tick at least one kind"),
        ({"brand": "nonsense"}, b"nonsense is not one of"),
        ({"issuer": "00000000-0000-0000-0000-000000000000"}, b"is not one of"),
    ],
)
def test_document_that_cannot_be_right_is_told_and_nothing_is_kept(
    portals: Portals, tmp_path: Path, changes: dict[str, object], told: bytes
) -> None:
    answer = portals.seller.post(f"{DOCUMENTS}new/", claim(**changes))

    assert answer.status_code == 400
    assert told in answer.content
    assert not Document.objects.exists()
    assert not (tmp_path / "vault").exists()


def test_refused_offer_leads_to_the_places_that_mend_it(portals: Portals) -> None:
    offer = refused_offer(portals)

    page = portals.seller.get(f"/portals/seller/offers/{printed(offer)}/").content.decode()

    assert f'href="{DOCUMENTS}new/?offer={printed(offer)}"' in page
    assert 'href="/portals/seller/credentials/new/"' in page
    form = portals.seller.get(f"{DOCUMENTS}new/?offer={printed(offer)}").content.decode()
    assert '<option value="aster" selected>' in form
    assert portals.other_seller.get(f"{DOCUMENTS}new/?offer={printed(offer)}").status_code == 404


def test_unverified_seller_is_led_to_its_identity(portals: Portals) -> None:
    Party.objects.filter(pk=portals.northgate.pk).update(verified_at=None)
    offer = refused_offer(portals)

    page = portals.seller.get(f"/portals/seller/offers/{printed(offer)}/").content.decode()

    assert f'href="{IDENTITY}">State who you are' in page
