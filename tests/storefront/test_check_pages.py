import logging
import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from stdnum import luhn

from bandstand.catalogue.models import Tac, Variant
from tests.factories import catalogue
from tests.storefront.conftest import World

TAC = "35123456"
SERIAL = "987654"
IMEI = f"{TAC}{SERIAL}{luhn.calc_check_digit(TAC + SERIAL)}"
CARD = "4111111111111111"
AMEX = "378282246310005"


@pytest.fixture
def phone(world: World) -> Variant:  # noqa: ARG001 -- there must be a shop
    model = catalogue.device_model(brand=catalogue.brand(name="Aster"), name="One")
    made = catalogue.variant(model=model, code="AST-100", region="Europe")
    catalogue.band_claim(variant=made, bands=("12",))
    Tac.objects.create(tac=TAC, variant=made, source="maker's list", certainty="medium")
    return made


def post(client: Client, status: int = 200, **fields: str) -> str:
    answer = client.post("/check/", fields)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def row_counts() -> dict[str, int]:
    return {
        model.__name__: model._base_manager.count()  # noqa: SLF001 -- Django's public name
        for model in apps.get_models()
    }


@pytest.mark.usefixtures("phone")
def test_imei_shows_the_phone_its_fit_and_next_steps(shopper: Client) -> None:
    shown = post(shopper, imei=IMEI)

    assert "Aster One" in shown
    assert "Recognised by the first eight digits of its IMEI" in shown
    assert "maker&#x27;s list, medium certainty" in shown
    assert "Will it work on" in shown
    assert "What to do next" in shown
    assert "band-chart" in shown


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize("given", [IMEI, IMEI[:-1] + "x", CARD, AMEX])
def test_nothing_of_it_is_stored_logged_or_shown_again(
    shopper: Client, given: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = row_counts()

    answer = shopper.post("/check/", {"imei": given})

    assert row_counts() == before
    assert SERIAL not in caplog.text
    assert given not in caplog.text
    assert "sessionid" not in answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]
    if given != IMEI[:-1] + "x":
        assert given not in answer.content.decode()


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "Type the IMEI"),
        (IMEI[:-1], "has 15 digits; this has 14"),
        (IMEI[:-1] + str((int(IMEI[-1]) + 1) % 10), f"the last one would be {IMEI[-1]}"),
        ("35123456-98765x", "digits only"),
        ("490154203237518", "beginning with 49015420"),
    ],
)
def test_wrong_imei_is_told_and_kept_in_its_field(shopper: Client, given: str, said: str) -> None:
    shown = post(shopper, 422, imei=given)

    assert said in shown
    assert f'value="{given}"' in shown or not given
    assert "What to do next" not in shown


@pytest.mark.usefixtures("phone")
def test_sound_imei_that_no_list_has_is_asked_for_its_model_code_and_stores_nothing(
    shopper: Client,
) -> None:
    before = row_counts()

    shown = post(shopper, 422, imei="490154203237518")

    assert "Where the model code stands" in shown
    assert 'href="#id_name"' in shown
    assert 'id="id_name"' in shown
    assert "Where the model code stands" not in post(shopper, 422, imei=IMEI[:-1])
    assert row_counts() == before


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize("field", ["imei", "name"])
@pytest.mark.parametrize("card", [CARD, "4111 1111 1111 1111", AMEX])
def test_card_number_is_refused_and_forgotten(shopper: Client, field: str, card: str) -> None:
    shown = post(shopper, 422, **{field: card})

    assert "looks like a payment card number" in shown
    assert card not in shown


@pytest.mark.usefixtures("phone")
def test_imei_typed_as_a_name_is_read_as_an_imei_and_reaches_no_address(shopper: Client) -> None:
    shown = post(shopper, name=IMEI)

    assert "Recognised by the first eight digits" in shown
    assert IMEI not in shown


def test_imei_in_an_address_is_not_read(shopper: Client, phone: Variant) -> None:
    for address in (f"/check/?imei={IMEI}", f"/check/?name={IMEI}"):
        shown = shopper.get(address).content.decode()

        assert phone.code not in shown
        assert IMEI not in shown


@pytest.mark.parametrize("name", ["Aster One", "one", "AST-100", "Aster/AST-100", "aster ast-100"])
def test_name_or_code_leads_to_an_address_of_the_exact_version(
    shopper: Client, phone: Variant, name: str
) -> None:
    answer = shopper.post("/check/", {"name": name})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/check/?v={phone.slug}")
    assert "Aster One" in shopper.get(answer.headers["Location"]).content.decode()


def test_name_of_several_versions_asks_for_the_code(shopper: Client, phone: Variant) -> None:
    twin = catalogue.variant(model=phone.model, code="AST-200", region="Asia")

    shown = post(shopper, name="aster one")

    assert "comes in 2 versions" in shown
    assert f"/check/?v={phone.slug}" in shown
    assert f"/check/?v={twin.slug}" in shown
    assert "It depends on the exact model code; at worst" in shown


@pytest.mark.usefixtures("phone")
def test_name_that_nobody_knows_says_what_is_near_and_is_kept(shopper: Client) -> None:
    shown = post(shopper, 422, name="Aster Onne")

    assert "Did you mean Aster One" in shown
    assert 'value="Aster Onne"' in shown


def test_unknown_version_in_the_address_is_a_page(shopper: Client) -> None:
    answer = shopper.get("/check/?v=no-such-phone")

    assert answer.status_code == 404
    assert "No phone is called" in answer.content.decode()


@pytest.mark.usefixtures("phone")
def test_page_has_no_inline_style_or_script_and_needs_a_form_token(shopper: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    shown: Any = shopper.get("/check/").content.decode()

    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son[a-z]+=", shown)
    assert "The IMEI is not stored" in shown
    assert strict.post("/check/", {"imei": IMEI}).status_code == 403
