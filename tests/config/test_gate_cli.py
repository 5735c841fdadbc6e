import json

import pytest
from click.testing import CliRunner, Result

from bandstand.config.cli.gate import gate as command
from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.rights.rules import ReasonCode
from tests.factories import gate, sale

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def test_explains_the_last_decision_as_a_tree_and_makes_it_again() -> None:
    offer = sale.offer()
    gate.decision(offer)

    found = run("explain", "--offer", print_id(IdKind.OFFER, offer.id))

    assert found.exit_code == 0
    assert "order.commit: allow" in found.output
    assert "its kept facts by today's rules: allow, the same answer" in found.output
    assert "today's facts: allow, the same answer" in found.output
    assert "grant: " in found.output


def test_says_what_stands_in_the_way_today() -> None:
    offer = sale.offer()
    gate.decision(offer)
    gate.hold(seller_id=offer.seller_id)

    found = run("explain", "--offer", print_id(IdKind.OFFER, offer.id), "--json")

    told = json.loads(found.output)
    assert told["result"] == told["replay"]["result"] == "allow"
    assert told["replay_is_same"] is True
    assert told["today_is_same"] is False
    assert [one["code"] for one in told["today"]["reasons"]] == ["HOLD_ACTIVE"]


def test_unknown_offer_and_unclear_instant_are_told() -> None:
    offer = sale.offer()
    printed = print_id(IdKind.OFFER, offer.id)

    assert isinstance(run("explain", "--offer", printed).exception, NotFoundError)
    assert isinstance(run("explain", "--offer", printed, "--at", "soon").exception, BadInputError)


def test_every_reason_is_printed_with_its_cure() -> None:
    told = json.loads(run("reasons", "--json").output)

    assert [one["code"] for one in told] == [code.value for code in ReasonCode]
    assert all(one["cure"] for one in told)
    assert "AUTH_KEY_REVOKED  (grant, terms, deny)" in run("reasons").output
