"""A buyer asks for another schedule, answers one that is offered, and keeps what they accepted."""

import pytest
from django.test import Client

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries, services as credit_services
from bandstand.credit.models import PlanVersion
from bandstand.credit.queries import PlanMoney
from bandstand.credit.queries.changes import changes_of
from bandstand.credit.rules.hardship import ChangeKind, ProposalState, Wish
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders import links, queries as orders_queries
from bandstand.orders.queries import OrderRow
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from tests.factories import credit, offers, orders

pytestmark = pytest.mark.django_db
ASK = {"kind": "skip", "reason": "A hard month."}


@pytest.fixture(autouse=True)
def _lark() -> None:
    wire()
    orders.shop()


def sold(*, rate_bps: int = 0) -> OrderRow:
    return orders.paid(offers.offer(), terms_id=credit.terms(annual_rate_bps=rate_bps).id)


def url_of(order: OrderRow) -> str:
    line = orders_queries.order_page(order.id).lines[0].id
    return f"{links.order_link(order.id)}plan/{print_id(IdKind.LINE, line)}/"


def money_of(order: OrderRow) -> PlanMoney:
    plan = orders_queries.order_page(order.id).lines[0].plan
    assert plan is not None
    return credit_queries.plan_money(plan.id)


def propose(order: OrderRow) -> str:
    made = credit_services.propose_change(
        plan_id=money_of(order).plan_id,
        wish=Wish(kind=ChangeKind.EXTEND, months=6),
        reason="You asked for smaller instalments.",
        actor="ada",
        now=clock.now(),
    )
    return str(made)


def test_buyer_asks_and_takes_it_back(client: Client) -> None:
    order = sold()
    url = url_of(order)

    assert "Ask for a change" in client.get(url).content.decode()
    assert "Skip the next instalment" in client.get(f"{url}change/").content.decode()
    client.post(f"{url}change/", ASK)
    waiting = changes_of(money_of(order).plan_id).proposal
    assert waiting is not None
    assert waiting.state is ProposalState.ASKED
    assert "Your wish is being looked at" in client.get(url).content.decode()
    assert "Take it back" in client.get(f"{url}change/").content.decode()
    client.post(f"{url}change/answer/", {"proposal": str(waiting.id), "decline": "1"})

    assert changes_of(money_of(order).plan_id).proposal is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "", "reason": "x"}, "Say what would help."),
        ({"kind": "skip", "reason": ""}, "Say in a few words why."),
        ({"kind": "extend", "reason": "x"}, "This is needed for what you chose."),
        ({"kind": "extend", "months": "50", "reason": "x"}, "1 to 24 months longer"),
        ({"kind": "lower", "months": "2", "amount": "much", "reason": "x"}, "much"),
        ({"kind": "move_day", "day": "32", "reason": "x"}, "31"),
    ],
)
def test_wish_that_cannot_be_read_is_told_and_not_kept(
    client: Client, typed: dict[str, str], words: str
) -> None:
    order = sold()

    answer = client.post(f"{url_of(order)}change/", typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert changes_of(money_of(order).plan_id).proposals == ()


def test_offer_is_shown_side_by_side_and_accepted_as_shown(client: Client) -> None:
    order = sold()
    url, proposal = url_of(order), propose(order)

    assert "Another schedule is offered to you" in client.get(url).content.decode()
    shown = client.get(f"{url}change/").content.decode()
    assert "as it is now, and as offered" in shown
    assert "You asked for smaller instalments." in shown
    client.post(f"{url}change/answer/", {"proposal": proposal, "accept": "1"})

    assert len([row for row in money_of(order).owed if row.open]) == 30
    after = client.get(url).content.decode()
    assert "Spread over more months" in after
    assert 'scope="row">30<' in after
    kept = client.get(f"{url}version/2.html")
    assert "The plan runs 6 months longer" in kept.content.decode()
    assert client.get(f"{url}version/1.html").status_code == 404
    assert client.get(f"{url}version/2.txt").status_code == 404
    pdf = client.get(f"{url}version/2.pdf")
    assert pdf.status_code == 404 or pdf.content.startswith(b"%PDF")


def test_yes_to_what_is_not_offered_changes_nothing(client: Client) -> None:
    order = sold()
    url, first = url_of(order), propose(order)
    propose(order)

    answer = client.post(f"{url}change/answer/", {"proposal": first, "accept": "1"})

    assert answer.status_code == 404
    assert not PlanVersion.objects.exists()
    assert client.post(f"{url}change/answer/", {}).status_code == 404


def test_stranger_finds_nothing(client: Client) -> None:
    url = url_of(sold())
    theirs = url.replace(url.split("/")[2], "nobody")

    for path in ("change/", "version/2.html"):
        assert client.get(f"{theirs}{path}").status_code == 404
    assert client.post(f"{theirs}payoff-letter/").status_code == 404
    assert not Letter.objects.filter(kind="plan", subject__contains="pays your plan off").exists()


def test_payoff_figure_comes_by_letter(client: Client) -> None:
    order = sold(rate_bps=999)
    url = url_of(order)

    answer = client.post(f"{url}payoff-letter/", follow=True)

    assert "We sent you the figure" in answer.content.decode()
    letter = Letter.objects.get(subject__contains="pays your plan off")
    assert "is not yet earned and is never charged" in letter.body


def test_plan_with_interest_offers_an_extra_payment_until_it_was_changed(client: Client) -> None:
    order = sold(rate_bps=999)
    url = url_of(order)

    assert "An extra amount" in client.get(url).content.decode()
    client.post(f"{url}change/answer/", {"proposal": propose(order), "accept": "1"})

    assert "An extra amount" not in client.get(url).content.decode()
