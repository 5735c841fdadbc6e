"""Who a seller is, as shoppers are told: what the law wants shown, and nothing it protects."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from bandstand.parties import services
from bandstand.parties.models import Party, Person
from bandstand.parties.rules import Role
from bandstand.parties.rules.identity import CheckVerdict
from bandstand.parties.rules.identity_specs import CheckMethod, IdentityName
from bandstand.plumbing import clock
from tests.factories import orders, parties

URL = "/sellers/northgate/"


class Northgate:
    """A seller that states who it is, and Nora who does so for it."""

    def __init__(self) -> None:
        orders.shop()
        self.party: Party = parties.party(slug="northgate")
        self.nora: Person = parties.membership(party=self.party).person

    def says(self, name: IdentityName, text: str, *, refused: bool = False) -> None:
        statement_id = services.state_identity(
            party_id=self.party.id,
            name=name,
            text=text,
            source="Own word",
            person_id=self.nora.id,
            now=clock.now(),
        )
        if refused:
            ada = parties.membership(role=Role.OPERATOR).person
            services.check_identity(
                statement_id=statement_id,
                verdict=CheckVerdict.REFUSED,
                method=CheckMethod.CALLED_BACK,
                source="The number",
                reason="Nobody answers.",
                person_id=ada.id,
                now=clock.now(),
            )


@pytest.fixture
def northgate(db: None, settings: Settings, tmp_path: Path) -> Northgate:  # noqa: ARG001 -- opens the database
    settings.VAR_DIR = tmp_path
    return Northgate()


def test_shoppers_are_told_name_address_contact_register_and_promise(
    client: Client, northgate: Northgate
) -> None:
    northgate.says(IdentityName.LEGAL_NAME, "Northgate Devices Inc")
    northgate.says(IdentityName.ADDRESS, "12 Harbor Way, Oakland CA 94607, US")
    northgate.says(IdentityName.REGISTER, "Delaware, file 4711")
    northgate.says(IdentityName.SELF_CERTIFICATION, "committed")

    page = client.get(URL).content.decode()

    for words in ("Northgate Devices Inc", "12 Harbor Way", "file 4711", "Report it to us"):
        assert words in page
    assert "as stated; being checked" in page


def test_secrets_and_refused_statements_are_told_to_nobody(
    client: Client, northgate: Northgate
) -> None:
    northgate.says(IdentityName.TAX_ID, "US 04-2103594")
    northgate.says(IdentityName.BANK_ACCOUNT, "021000021 123456789, Northgate")
    northgate.says(IdentityName.PHONE, "+1 212 736 5000", refused=True)

    page = client.get(URL).content.decode()

    for secret in ("3594", "6789", "736-5000", "736 5000"):
        assert secret not in page


def test_home_is_told_down_to_its_country_in_the_united_states(
    client: Client, northgate: Northgate
) -> None:
    northgate.says(IdentityName.ADDRESS, "12 Harbor Way, Oakland CA 94607, US")
    northgate.says(IdentityName.ADDRESS_USE, "residential")

    page = client.get(URL).content.decode()

    assert "12 Harbor Way" not in page
    assert "US (a home; the rest is not told)" in page


def test_party_that_sells_nothing_has_no_page(client: Client, northgate: Northgate) -> None:
    parties.party(slug="aster")

    assert client.get("/sellers/aster/").status_code == 404
    assert client.get("/sellers/nobody/").status_code == 404
    assert client.get(f"/sellers/{northgate.party.slug}/").status_code == 200
