"""A brand makes a key in its browser, signs a grant with it, and takes it back."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import require_sound, sign_in

pytestmark = pytest.mark.journey
BRAND, SELLER = "rights@oneplus.example", "nora@northgate.example"


def test_private_key_never_leaves_the_browser_and_the_seller_holds_a_grant(
    page: Page, visitor: Callable[[], Page], tmp_path: Path
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    sign_in(page, BRAND)

    key_file = make_key(page, tmp_path)
    draft_grant(page)
    sign_with(page, key_file)
    expect(page.get_by_text("Signed and recorded")).to_be_visible()
    require_sound(page)

    secret = json.loads(key_file.read_text())["d"]
    assert not any(secret in body for body in sent)
    require_seller_holds_it(visitor())
    take_back(page)


def test_wrong_key_file_is_told_before_anything_is_sent(page: Page, tmp_path: Path) -> None:
    sign_in(page, BRAND)
    make_key(page, tmp_path / "one")
    draft_grant(page)
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}')

    sign_with(page, wrong)

    expect(page.get_by_text("This file holds no private key.")).to_be_visible()
    require_sound(page)


def make_key(page: Page, folder: Path) -> Path:
    """Make a key in the browser, keep its file, and register its public part."""
    page.goto("/portals/brand/keys/new/")
    require_sound(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Make a key and save it").click()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    expect(page.get_by_label("Public key")).to_have_value(re.compile('"kid"'))
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_text("The key is registered")).to_be_visible()
    require_sound(page)
    return file


def draft_grant(page: Page) -> None:
    """Say who may sell what with the newest key, and read it in plain words."""
    page.goto("/portals/brand/grants/new/")
    key = page.get_by_label("Your key")
    if key.locator("option[value='']").count():
        key.select_option(index=1)
    page.get_by_label("Seller").select_option(label="Northgate")
    for name in ("OnePlus", "Phones", "United States", "New"):
        page.get_by_role("checkbox", name=name, exact=True).check()
    page.get_by_label("Until", exact=True).fill("2030-01-01")
    require_sound(page)
    page.get_by_role("button", name="See it in plain words").click()
    expect(page.get_by_role("heading", name="Sign it")).to_be_visible()
    require_sound(page)


def sign_with(page: Page, key_file: Path) -> None:
    page.get_by_label("Your private key").set_input_files(key_file)
    page.get_by_role("button", name="Sign and record").click()


def require_seller_holds_it(seller: Page) -> None:
    sign_in(seller, SELLER)
    seller.goto("/portals/seller/credentials/")
    expect(seller.get_by_text("In force").first).to_be_visible()
    require_sound(seller)


def take_back(page: Page) -> None:
    """Revoke the grant, after seeing what stops."""
    page.get_by_label("Why").fill("Rehearsal is over")
    page.get_by_role("button", name="See what it would stop").click()
    expect(page.get_by_text("Offers that stop")).to_be_visible()
    require_sound(page)
    page.get_by_role("button", name="Yes, revoke it for good").click()
    expect(page.get_by_text("No order can rest on it")).to_be_visible()
