"""The law's clock about sellers, day by day: asked, noticed, suspended, cured."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from bandstand.gate.models import Hold, HoldRequest
from bandstand.gate.services import confirm_lift
from bandstand.offers.models import Offer
from bandstand.orders.models import LineMoveRecord, OrderLine
from bandstand.orders.queries.sales_counted import sale_days
from bandstand.parties import services
from bandstand.parties.models import Party, Person, TraderDuty
from bandstand.parties.rules import Role
from bandstand.parties.rules.duties import DutyStep
from bandstand.parties.rules.identity import CheckVerdict, Regime
from bandstand.parties.rules.identity_specs import CheckMethod, IdentityName
from bandstand.parties.rules.inform import FIELDS_OF_DSA, FIELDS_OF_INFORM
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from bandstand.takedowns.services.trader_duties import asked_since, review_trader, review_traders
from tests.factories import catalogue, files, gate, orders, parties, rights, sale

DAY = timedelta(days=1)
ZONE = "America/New_York"
VALUES = {
    IdentityName.LEGAL_NAME: "Northgate Devices Inc",
    IdentityName.ADDRESS: "12 Harbor Way, Oakland CA 94607, US",
    IdentityName.ADDRESS_USE: "business",
    IdentityName.EMAIL: "office@northgate.example.org",
    IdentityName.PHONE: "+1 212 736 5000",
    IdentityName.TAX_ID: "US 04-2103594",
    IdentityName.BANK_ACCOUNT: "021000021 123456789, Northgate Devices Inc",
    IdentityName.SUPPLIER: "self",
    IdentityName.REGISTER: "Delaware, file 4711",
    IdentityName.SELF_CERTIFICATION: "committed",
    IdentityName.CERTIFICATION: "unchanged",
}


class World:
    """Lark's shop, its seller Northgate and Nora who acts for it."""

    def __init__(self) -> None:
        orders.shop()
        self.now = clock.now()
        self.northgate: Party = parties.party(slug="northgate")
        self.nora: Person = parties.membership(
            person=parties.person(email="nora@northgate.example.org"), party=self.northgate
        ).person
        self.ada = self._staff("ada@lark.example.org")
        self.omar = self._staff("omar@lark.example.org")

    def _staff(self, email: str) -> Person:
        lark = Party.objects.get(slug="lark")
        person = parties.person(email=email)
        return parties.membership(person=person, party=lark, role=Role.OPERATOR).person

    def offer_in(self, market: str) -> Offer:
        catalogue.market(code=market, members=[market])
        return sale.offer(
            seller=self.northgate,
            variant=catalogue.variant(),
            market_id=market,
            market=catalogue.market(code=market),
        )

    def state(self, name: IdentityName, *, now: datetime) -> None:
        if name is IdentityName.ID_DOCUMENT:
            services.show_identity_file(
                party_id=self.northgate.id,
                name=name,
                content=files.png(),
                file_name="passport.png",
                source="Passport office",
                person_id=self.nora.id,
                now=now,
            )
            return
        services.state_identity(
            party_id=self.northgate.id,
            name=name,
            text=VALUES[name],
            source="Own word",
            person_id=self.nora.id,
            now=now,
        )

    def state_all(self, names: tuple[IdentityName, ...], *, now: datetime) -> None:
        for name in names:
            self.state(name, now=now)

    def look(self, now: datetime) -> list[DutyStep]:
        return review_trader(party_id=self.northgate.id, now=now)


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:  # noqa: ARG001 -- opens the database
    settings.VAR_DIR = tmp_path
    return World()


def sell(offer: Offer, *, times: int = 1, is_paid: bool = True) -> list[OrderLine]:
    decision, order = gate.decision(offer), sale.order()
    sold = [sale.line(offer, decision=decision, order=order) for _ in range(times)]
    if is_paid:
        for line in sold:
            LineMoveRecord.objects.create(
                line=line,
                move="pay",
                from_state="committed",
                to_state="paid",
                moved_at=clock.now(),
                actor="test",
            )
    return sold


def test_only_paid_sales_of_new_goods_of_this_seller_and_market_count(world: World) -> None:
    offer = sale.offer(seller=world.northgate)
    sell(offer, times=3)
    sell(offer, is_paid=False)
    _, phone = rights.sellable(seller=world.northgate)
    rights.grant(
        grantee=world.northgate,
        brand=phone.model.brand,
        category=phone.model.category,
        conditions=["used"],
    )
    sell(sale.offer(seller=world.northgate, variant=phone, condition="used"))
    sell(sale.offer(seller=parties.party(slug="harbor")))
    today = world.now.astimezone(ZoneInfo(ZONE)).date()

    found = sale_days(
        seller_id=world.northgate.id, market="US", currency="USD", since=today - DAY, zone=ZONE
    )

    assert [(one.sales, one.gross.minor) for one in found] == [(3, 3 * 29_900)]
    assert not sale_days(
        seller_id=world.northgate.id, market="US", currency="USD", since=today + DAY, zone=ZONE
    )


def test_sale_that_was_refunded_later_was_still_a_sale(world: World) -> None:
    offer = sale.offer(seller=world.northgate)
    (line,) = sell(offer)
    OrderLine.objects.filter(pk=line.pk).update(state="cancelled")

    found = sale_days(
        seller_id=world.northgate.id,
        market="US",
        currency="USD",
        since=world.now.date() - DAY,
        zone=ZONE,
    )

    assert sum(one.sales for one in found) == 1


def test_high_volume_seller_is_asked_noticed_suspended_and_freed(world: World) -> None:
    offer = sale.offer(seller=world.northgate)
    sell(offer, times=199)
    assert world.look(world.now) == []
    assert asked_since(party_id=world.northgate.id, regime=Regime.INFORM, now=world.now) is None

    sell(offer)
    assert world.look(world.now) == [DutyStep.OPEN]
    duty = TraderDuty.objects.get()
    assert duty.due_at - world.now > 10 * DAY
    assert world.look(world.now + 10 * DAY) == []

    noticed_at = duty.due_at
    assert world.look(noticed_at) == [DutyStep.NOTICE]
    assert world.look(noticed_at + 10 * DAY - timedelta(seconds=1)) == []
    assert not Hold.objects.exists()

    assert world.look(noticed_at + 10 * DAY) == [DutyStep.SUSPEND]
    hold = Hold.objects.get()
    assert (hold.seller_id, hold.basis, hold.ground) == (
        world.northgate.id,
        "trader_traceability",
        "law",
    )
    assert set(hold.activities) == {"offer.publish", "order.commit"}
    assert "45f" in hold.legal_reference
    assert world.look(noticed_at + 11 * DAY) == []

    world.state_all(FIELDS_OF_INFORM, now=noticed_at + 12 * DAY)
    assert world.look(noticed_at + 12 * DAY) == [DutyStep.MEET]

    hold.refresh_from_db()
    request = HoldRequest.objects.get()
    assert hold.lifted_at is None  # proposed only: one of the operator's confirms
    assert request.proposed_by == world.nora.email
    confirm_lift(request_id=request.id, actor=world.ada.email, now=noticed_at + 12 * DAY)
    assert Hold.objects.get().lifted_at is not None
    subjects = Letter.objects.filter(kind="trader_duty").order_by("queued_at", "id")
    assert [one.subject.split(":")[0].split(" by ")[0] for one in subjects] == [
        "Please tell us who you are",
        "Notice",
        "Your sales are suspended",
        "Thank you",
    ]


def test_partly_stated_is_still_owed_and_the_letter_names_only_the_rest(world: World) -> None:
    world.offer_in("DE")
    world.state_all(FIELDS_OF_DSA[:-1], now=world.now)

    assert world.look(world.now) == [DutyStep.OPEN]

    body = Letter.objects.get(kind="trader_duty").body
    assert "Self-certification" in body
    assert "Bank account" not in body
    assert "Article 30" in body


def test_seller_in_the_union_is_given_notice_at_once_and_seller_elsewhere_nothing(
    world: World,
) -> None:
    world.offer_in("GB")
    assert world.look(world.now) == []

    world.offer_in("DE")
    assert world.look(world.now) == [DutyStep.OPEN]

    duty = TraderDuty.objects.get()
    assert duty.regime == "dsa"
    assert duty.suspend_at == world.now + 10 * DAY


def test_refused_field_is_owed_again_and_waiting_one_is_not(world: World) -> None:
    world.offer_in("DE")
    world.state_all(FIELDS_OF_DSA, now=world.now)
    assert world.look(world.now) == []

    statement = services.state_identity(
        party_id=world.northgate.id,
        name=IdentityName.REGISTER,
        text="Nowhere, 1",
        source="Own word",
        person_id=world.nora.id,
        now=world.now + DAY,
    )
    services.check_identity(
        statement_id=statement,
        verdict=CheckVerdict.REFUSED,
        method=CheckMethod.OFFICIAL_DATABASE,
        source="The register",
        reason="No such entry.",
        person_id=world.ada.id,
        now=world.now + DAY,
    )

    assert world.look(world.now + DAY) == [DutyStep.OPEN]


def test_certification_is_asked_after_a_year_and_given_in_one_word(world: World) -> None:
    offer = sale.offer(seller=world.northgate)
    year_ago = world.now - 366 * DAY
    world.state_all(FIELDS_OF_INFORM, now=year_ago)
    sell(offer, times=200)

    assert world.look(world.now) == [DutyStep.OPEN]
    assert TraderDuty.objects.get().kind == "certify"
    assert "Yearly certification" in Letter.objects.get(kind="trader_duty").body

    world.state(IdentityName.CERTIFICATION, now=world.now + DAY)
    assert world.look(world.now + DAY) == [DutyStep.MEET]
    assert world.look(world.now + 300 * DAY) == []


def test_operator_itself_is_no_third_party_seller(world: World) -> None:
    lark = Party.objects.get(slug="lark")
    sell(sale.offer(seller=lark), times=1)

    done = review_traders(now=world.now)

    assert (done.opened, done.noticed, done.suspended, done.met) == (0, 0, 0, 0)
    assert asked_since(party_id=lark.id, regime=Regime.INFORM, now=world.now) is None


def test_two_looks_at_the_same_instant_do_the_same_thing_once(world: World) -> None:
    world.offer_in("DE")
    assert review_traders(now=world.now).opened == 1
    assert review_traders(now=world.now).opened == 0
    assert review_traders(now=world.now + 10 * DAY).suspended == 1
    assert review_traders(now=world.now + 10 * DAY).suspended == 0

    assert Hold.objects.count() == 1
    assert Letter.objects.filter(kind="trader_duty").count() == 2
