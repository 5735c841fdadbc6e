"""A seller is asked before a promotion runs at its cost, and nobody else answers for it."""

import pytest
from django.test import Client

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties.models import Party
from bandstand.parties.rules import Role
from bandstand.plumbing import clock
from bandstand.promotions import services
from bandstand.promotions.models import Promotion
from bandstand.promotions.rules import PromotionState
from tests.factories import orders, parties, promotions

pytestmark = pytest.mark.django_db
HERE = "/portals/seller/promotions/"


@pytest.fixture(autouse=True)
def lark() -> None:
    orders.shop()


def seated(role: Role) -> tuple[Party, Client]:
    party, person, client = parties.party(), parties.person(), Client()
    parties.membership(person=person, party=party, role=role)
    client.force_login(person)
    return party, client


def asked(funder: Party) -> Promotion:
    made = promotions.draft(funder_id=funder.id, uses_max=10)
    services.start_promotion(promotion_id=made, actor="ada", now=clock.now())
    return Promotion.objects.get(pk=made)


def address(promotion: Promotion, *, here: str = HERE) -> str:
    return f"{here}{print_id(IdKind.PROMOTION, promotion.id)}/"


@pytest.mark.parametrize(
    ("role", "here"),
    [(Role.SELLER, HERE), (Role.BRAND, "/portals/brand/promotions/")],
    ids=["seller", "brand"],
)
def test_who_pays_reads_what_it_costs_and_agrees(role: Role, here: str) -> None:
    northgate, client = seated(role)
    promotion = asked(northgate)

    listed = client.get(here).content.decode()
    page = client.get(address(promotion, here=here)).content.decode()
    empty = client.post(address(promotion, here=here), {})
    client.post(address(promotion, here=here), {"answer": "agree"})

    assert "Waits for you" in listed
    assert "at most $600.00" in page
    assert empty.status_code == 422
    assert Promotion.objects.get().state == PromotionState.RUNNING.value


def test_who_pays_may_refuse_with_a_reason() -> None:
    northgate, client = seated(Role.SELLER)
    promotion = asked(northgate)

    client.post(address(promotion), {"answer": "refuse", "reason": "too dear"})
    again = client.post(address(promotion), {"answer": "agree"})

    assert again.status_code == 409
    assert Promotion.objects.get().state == PromotionState.REFUSED.value
    assert promotion.moves.order_by("moved_at", "id").last().reason == "too dear"  # type: ignore[union-attr]  # it has moves


def test_another_party_neither_sees_nor_answers() -> None:
    northgate, _ = seated(Role.SELLER)
    _, wren = seated(Role.SELLER)
    promotion = asked(northgate)

    assert "Spring credit" not in wren.get(HERE).content.decode()
    assert wren.get(address(promotion)).status_code == 404
    assert wren.post(address(promotion), {"answer": "agree"}).status_code == 404
    assert Client().post(address(promotion), {"answer": "agree"}).status_code == 302
    assert Promotion.objects.get().state == PromotionState.ASKED.value


def test_draft_is_nobodys_business_yet() -> None:
    northgate, client = seated(Role.SELLER)
    made = promotions.draft(funder_id=northgate.id)

    assert "Spring credit" not in client.get(HERE).content.decode()
    assert client.get(f"{HERE}{print_id(IdKind.PROMOTION, made)}/").status_code == 404
