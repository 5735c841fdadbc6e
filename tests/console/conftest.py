"""The four callers, each signed in or not, and a shop to look at."""

from dataclasses import dataclass

import pytest
from django.test import Client

from bandstand.parties.models import OperatorProfile, Party
from bandstand.parties.rules import Role
from tests.factories import orders, parties


@dataclass(frozen=True)
class Callers:
    """Who may knock at the console."""

    anonymous: Client
    shopper: Client
    seller: Client
    operator: Client

    @property
    def strangers(self) -> dict[str, Client]:
        """Everybody who is not the operator's staff."""
        return {"anonymous": self.anonymous, "shopper": self.shopper, "seller": self.seller}


def client_of(email: str, *, party: Party | None = None, role: Role | None = None) -> Client:
    """Sign somebody in, acting for a party in a role."""
    person = parties.person(email=email)
    if role is not None:
        parties.membership(person=person, party=party, role=role)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def callers(db: None) -> Callers:  # noqa: ARG001 -- opens the database
    """Open Lark's shop and let the four callers stand at its door."""
    orders.shop()
    lark = OperatorProfile.objects.get().party
    return Callers(
        anonymous=Client(),
        shopper=client_of("mira@example.org"),
        seller=client_of("nora@northgate.example.org", role=Role.SELLER),
        operator=client_of("ada@lark.example.org", party=lark, role=Role.OPERATOR),
    )


@pytest.fixture
def operator(callers: Callers) -> Client:
    """Let the operator's staff sit down."""
    return callers.operator
