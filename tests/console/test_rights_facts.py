"""Staff put facts of rights on record: list, preview of the offers that turn, entry, history."""

import pytest
from django.test import Client

from bandstand.catalogue.models import OperatorNetwork
from bandstand.gate.models import Decision
from bandstand.offers.models import Offer
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from bandstand.rights.models import (
    Approval,
    BrandName,
    LeverProtection,
    NetworkCertification,
    SalePolicy,
    VariantDifference,
)
from bandstand.rights.services import record_label
from tests.console.conftest import Callers
from tests.factories import catalogue, offers, parties, rights

ROOM = "/console/rights/"
CONFIRMED = {"confirmed": "yes"}
APPROVAL = {
    "phone": "AST-100",
    "market": "US",
    "scheme": "fcc",
    "reference": "2AASTER-1",
    "state": "revoked",
    "from_date": "2026-06-01",
    "source": "FCC order DA 26-1",
}
POLICY = {
    "condition": "new",
    "from_date": "2026-06-01",
    "needs_grant": "on",
    "min_level": "credential",
    "needs_approval": "on",
    "needs_custody": "none",
    "label_rule": "protected",
    "status_hours": "24",
    "version": "2026-2",
    "ground": "terms",
    "source": "Published terms, section 3",
}


@pytest.fixture
def offer(callers: Callers) -> Offer:  # noqa: ARG001 -- there must be a shop
    """A phone of Aster's on the shelf."""
    phone = catalogue.variant(code="AST-100")
    seller = parties.party(slug="northgate")
    rights.sellable(seller=seller, model=phone.model)
    rights.approval(variant=phone)
    return offers.offer(seller=seller, variant=phone)


def test_revoked_approval_shows_the_offer_it_stops_and_stops_it_once_confirmed(
    operator: Client, offer: Offer
) -> None:
    decisions = Decision.objects.count()

    asked = operator.post(f"{ROOM}new/approval/", APPROVAL).content.decode()

    assert "Allowed → Refused" in asked
    assert "Northgate" in asked
    assert Approval.objects.filter(variant=offer.variant).count() == 1
    assert Decision.objects.count() == decisions
    assert not AuditEntry.objects.filter(action="rights.approval").exists()

    answer = operator.post(f"{ROOM}new/approval/", {**APPROVAL, **CONFIRMED})

    row = Approval.objects.get(state="revoked")
    assert answer.headers["Location"] == f"{ROOM}approval/{row.id}/"
    page = operator.get(answer.headers["Location"]).content.decode()
    assert "ada@lark.example.org" in page
    assert "FCC order DA 26-1" in page


def test_fact_that_begins_later_is_tried_on_todays_shelf_and_kept_with_its_day(
    operator: Client, offer: Offer
) -> None:
    later = {**APPROVAL, "from_date": "2031-06-01"}

    asked = operator.post(f"{ROOM}new/approval/", later).content.decode()
    operator.post(f"{ROOM}new/approval/", {**later, **CONFIRMED})

    assert "Allowed → Refused" in asked
    row = Approval.objects.get(variant=offer.variant, state="revoked")
    assert row.from_at is not None
    assert row.from_at.year == 2031


def test_policy_row_shows_what_leaves_the_shelf_and_is_kept(operator: Client, offer: Offer) -> None:
    asked = operator.post(f"{ROOM}new/policy/", POLICY).content.decode()
    assert "Leave the shelf" in asked
    assert offer.variant.code in asked
    assert not SalePolicy.objects.filter(version="2026-2").exists()

    operator.post(f"{ROOM}new/policy/", {**POLICY, **CONFIRMED})

    row = SalePolicy.objects.get(version="2026-2")
    assert (row.min_level, row.needs_approval, row.market, row.category) == (
        "credential", True, None, None,
    )  # fmt: skip


def test_other_facts_are_entered_and_found_in_the_list(operator: Client, offer: Offer) -> None:
    network = OperatorNetwork.objects.get(position=1).network_id
    brand = offer.variant.model.brand.slug
    source = {"source": "Letter of 2026-06-01"}
    day = {"from_date": "2026-06-01"}
    entries = {
        "certification": {
            "phone": "AST-100", "network": str(network), "state": "refused", **day, **source,
        },
        "protection": {"brand": brand, "model": "", **day, **source},
        "difference": {"phone": "AST-100", "market": "US", "what": "charger\nLTE 12", **source},
        "name": {"brand": brand, "text": "阿斯特", "kind": "mark", "language": "zh", **source},
    }  # fmt: skip
    for kind, fields in entries.items():
        assert operator.get(f"{ROOM}new/{kind}/").status_code == 200
        assert operator.post(f"{ROOM}new/{kind}/", fields).status_code == 200
        answer = operator.post(f"{ROOM}new/{kind}/", {**fields, **CONFIRMED})
        assert answer.status_code == 302, answer.content.decode()
        assert "Letter of 2026-06-01" in operator.get(f"{ROOM}?kind={kind}").content.decode()
    assert NetworkCertification.objects.get().state == "refused"
    assert LeverProtection.objects.get().model is None
    assert VariantDifference.objects.get().what == ["LTE 12", "charger"]
    assert BrandName.objects.get(text="阿斯特").kind == "mark"
    assert offer.variant.code in operator.get(f"{ROOM}?q=AST-100&format=csv").content.decode()


@pytest.mark.parametrize(
    ("kind", "fields", "change", "said"),
    [
        ("approval", APPROVAL, {"source": ""}, "A fact without one is not taken"),
        ("approval", APPROVAL, {"phone": "AST-10"}, "We know no phone called"),
        ("approval", APPROVAL, {"last_day": "2026-01-01"}, "lies before the first"),
        ("approval", APPROVAL, {"eprel": "abc"}, "digits only"),
        ("approval", APPROVAL, {"from_date": "soon"}, "Write a day as in 2026-11-22"),
        ("policy", POLICY, {"status_hours": "0"}, "greater than or equal to 1"),
        ("policy", POLICY, {"min_level": "gold"}, "gold is not one of"),
    ],
)
def test_fact_that_cannot_be_right_is_told_and_nothing_is_kept(
    operator: Client,
    offer: Offer,
    kind: str,
    fields: dict[str, str],
    change: dict[str, str],
    said: str,
) -> None:
    answer = operator.post(f"{ROOM}new/{kind}/", {**fields, **change, **CONFIRMED})

    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert Approval.objects.filter(variant=offer.variant).count() == 1
    assert not SalePolicy.objects.exists()


def test_name_of_several_versions_asks_for_the_code(operator: Client, offer: Offer) -> None:
    catalogue.variant(model=offer.variant.model, code="AST-200")
    name = str(offer.variant.model)

    answer = operator.post(f"{ROOM}new/approval/", {**APPROVAL, "phone": name})

    assert answer.status_code == 400
    assert "Add the code" in answer.content.decode()


def test_label_is_read_but_not_entered_here(operator: Client, offer: Offer) -> None:
    key = record_label(
        seller_id=offer.seller_id, variant_id=offer.variant_id, market="US",
        photo_sha256="a" * 64, listing_text="Another charger.", actor="nora", now=clock.now(),
    )  # fmt: skip

    assert "shows its label" in operator.get(f"{ROOM}?kind=label").content.decode()
    assert "Another charger" in operator.get(f"{ROOM}label/{key}/").content.decode()
    assert operator.get(f"{ROOM}new/label/").status_code == 404
    assert operator.get(f"{ROOM}labels/{key}/file/").status_code == 404


def test_protection_of_one_model_is_found_by_its_name(operator: Client, offer: Offer) -> None:
    model = offer.variant.model
    fields = {
        "brand": model.brand.slug, "from_date": "2026-06-01", "source": "Customs Bulletin 58-3",
        **CONFIRMED,
    }  # fmt: skip

    wrong = operator.post(f"{ROOM}new/protection/", {**fields, "model": "Nonsense"})
    assert wrong.status_code == 400
    assert "has no model of that name" in wrong.content.decode()
    assert not LeverProtection.objects.exists()

    operator.post(f"{ROOM}new/protection/", {**fields, "model": model.name.upper()})

    assert LeverProtection.objects.get().model == model


@pytest.mark.parametrize("path", ["", "new/approval/", "new/policy/"])
def test_room_is_for_staff_alone(callers: Callers, path: str) -> None:
    for stranger in callers.strangers.values():
        assert stranger.get(f"{ROOM}{path}").status_code in {302, 403}
        assert stranger.post(f"{ROOM}{path}", {**APPROVAL, **CONFIRMED}).status_code in {302, 403}
    assert not Approval.objects.exists()


def test_unknown_kind_is_told_with_a_near_one(operator: Client) -> None:
    answer = operator.get(f"{ROOM}new/aproval/")

    assert answer.status_code == 404
    assert "Did you mean approval?" in answer.content.decode()
