"""Who may see a letter or an identity: its owner and staff; another seller and a brand may not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from bandstand.kernel.errors import NotFoundError
from bandstand.parties import access as parties_access, services as identity
from bandstand.parties.access import actor_of
from bandstand.parties.models import Party
from bandstand.parties.rules import Actor, Role
from bandstand.parties.rules.identity_specs import IdentityName
from bandstand.rights import access
from tests.factories import parties
from tests.rights.document_world import Shop

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


class Callers:
    """The four who ask, and the anonymous one."""

    def __init__(self, shop: Shop) -> None:
        self.owner = actor_of(shop.nora)
        self.staff = actor_of(shop.ada)
        self.other_seller = self._of("hal@harbor.example.org", Role.SELLER)
        self.brand = self._of("rights@aster.example.org", Role.BRAND)
        # Northgate itself may also own a brand; whoever acts for that brand alone sees no letter.
        self.own_brand = self._of("mark@northgate.example.org", Role.BRAND, shop.northgate)
        self.anonymous = Actor.anonymous()

    def _of(self, email: str, role: Role, party: Party | None = None) -> Actor:
        person = parties.person(email=email)
        return actor_of(parties.membership(person=person, party=party, role=role).person)

    @property
    def strangers(self) -> list[Actor]:
        return [self.other_seller, self.brand, self.own_brand, self.anonymous]


@pytest.fixture
def shop(db: None, settings: Settings, tmp_path: Path) -> Shop:  # noqa: ARG001 -- opens the database
    settings.VAR_DIR = tmp_path
    return Shop()


def test_letter_is_its_sellers_and_the_operators(shop: Shop) -> None:
    document_id, callers = shop.submit(), Callers(shop)

    for actor in (callers.owner, callers.staff):
        assert access.document_for(actor, document_id).id == document_id
    for actor in callers.strangers:
        with pytest.raises(NotFoundError):
            access.document_for(actor, document_id)
    assert [one.id for one in access.visible_documents(callers.owner)] == [document_id]
    assert not [one for actor in callers.strangers for one in access.visible_documents(actor)]


def test_identity_is_its_sellers_and_the_operators(shop: Shop) -> None:
    callers = Callers(shop)
    statement_id = identity.state_identity(
        party_id=shop.northgate.id,
        name=IdentityName.LEGAL_NAME,
        text="Northgate Devices Inc",
        source="Own word",
        person_id=shop.nora.id,
        now=NOW,
    )

    for actor in (callers.owner, callers.staff):
        assert parties_access.statement_for(actor, statement_id).fact.statement_id == statement_id
        assert len(parties_access.identity_for(actor, shop.northgate.id)) == 1
    for actor in callers.strangers:
        with pytest.raises(NotFoundError):
            parties_access.statement_for(actor, statement_id)
        with pytest.raises(NotFoundError):
            parties_access.identity_for(actor, shop.northgate.id)
