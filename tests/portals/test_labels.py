"""A seller shows the label on goods that differ: the photograph is kept, the listing says it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from bandstand.offers.models import Offer
from bandstand.parties import vault
from bandstand.plumbing import clock
from bandstand.rights.models import LabelEvidence
from bandstand.rights.services import record_difference, record_protection
from bandstand.rights.services.labels import open_label_photo
from tests.factories import files
from tests.portals.conftest import Portals
from tests.portals.world import phone_on_shelf, printed, refused_offer

WORDS = "It differs: charger of another market, no LTE band 12."
DIFFERENCES = ("charger", "LTE band 12")


@pytest.fixture(autouse=True)
def _private(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def offer(portals: Portals) -> Offer:
    """A phone of a protected mark that differs from the one for the United States."""
    found = phone_on_shelf(portals)
    words: dict[str, Any] = {"actor": "ada@lark.example.org", "now": clock.now()}
    record_protection(
        brand_id=portals.mark.id, from_at=clock.now(), source="Customs Bulletin 58-3", **words
    )
    record_difference(variant_id=found.variant_id, market="US", what=DIFFERENCES, **words)
    return found


def url_of(offer: Offer) -> str:
    return f"/portals/seller/offers/{printed(offer)}/"


def send(
    client: Client, offer: Offer, *, content: bytes = b"", text: str = WORDS
) -> tuple[int, str]:
    photo = SimpleUploadedFile("<b>label.png", content or files.png(), content_type="text/html")
    answer = client.post(f"{url_of(offer)}label/", {"file": photo, "listing_text": text})
    return answer.status_code, answer.content.decode()


def test_missing_label_leads_to_its_form_and_the_label_cures_it(
    portals: Portals, offer: Offer
) -> None:
    seller = portals.seller
    seller.post(f"{url_of(offer)}ask/")
    refused = seller.get(url_of(offer)).content.decode()
    assert "LABEL_MISSING" in refused
    assert f'href="{url_of(offer)}label/">Show the label' in refused
    form = seller.get(f"{url_of(offer)}label/").content.decode()
    assert "not a product authorized by the United States trademark owner" in form

    assert send(seller, offer)[0] == 302
    seller.post(f"{url_of(offer)}ask/")

    row = LabelEvidence.objects.get()
    assert vault.fetch(row.photo_sha256) == files.png()
    assert (row.lot, row.recorded_by) == ("", "nora@northgate.example.org")
    offer.refresh_from_db()
    assert offer.state == "listed"
    assert "LABEL_MISSING" not in seller.get(url_of(offer)).content.decode()
    assert (
        WORDS
        in portals.anonymous.get(f"/phones/{offer.variant.slug}/{printed(offer)}/").content.decode()
    )


@pytest.mark.parametrize(
    ("content", "text", "told"),
    [
        (files.pdf(), WORDS, "a PNG or a JPEG"),
        (b"<svg onload=alert(1)></svg>", WORDS, "neither a PDF"),
        (files.png() + b"PK\x03\x04", WORDS, "hidden behind it"),
        (b"", "It has another charger.", "leave out in what it differs: LTE band 12"),
        (b"", "", "Say in what it differs"),
    ],
)
def test_label_that_shows_nothing_is_told_and_nothing_is_kept(
    portals: Portals, offer: Offer, tmp_path: Path, content: bytes, text: str, told: str
) -> None:
    status, page = send(portals.seller, offer, content=content, text=text)

    assert (status, told in page) == (400, True)
    assert not LabelEvidence.objects.exists()
    assert not (tmp_path / "vault").exists()


def test_label_is_shown_by_the_offers_own_seller_only(portals: Portals, offer: Offer) -> None:
    assert send(portals.other_seller, offer)[0] == 404
    assert send(portals.brand, offer)[0] == 403
    assert send(portals.anonymous, offer)[0] == 302
    assert not LabelEvidence.objects.exists()


def test_phone_that_differs_in_nothing_needs_no_label(portals: Portals) -> None:
    assert send(portals.seller, refused_offer(portals))[0] == 404
    assert not LabelEvidence.objects.exists()


def test_listing_says_nothing_of_goods_that_do_not_differ(portals: Portals) -> None:
    offer = phone_on_shelf(portals)

    page = portals.anonymous.get(f"/phones/{offer.variant.slug}/{printed(offer)}/").content.decode()

    assert "Not the version made for this market" not in page


def test_opened_photograph_is_named_by_us(portals: Portals, offer: Offer) -> None:
    send(portals.seller, offer)

    photo = open_label_photo(
        label_id=LabelEvidence.objects.get().id, actor="ada@lark.example.org", now=clock.now()
    )

    assert photo.content == files.png()
    assert photo.name.startswith("label-")
    assert photo.name.endswith(".png")
