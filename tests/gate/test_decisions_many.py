import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bandstand.gate import queries, services
from bandstand.gate.rules import DecisionRow, Outcome, case_of, kept
from bandstand.gate.services.waive import WaiverWordsError
from bandstand.parties.models import Party
from bandstand.plumbing import clock
from bandstand.rights.models import Grant
from bandstand.rights.rules import (
    ReasonCode,
)
from tests.factories import catalogue, gate, parties, rights, sale
from tests.factories.gate import NOW
from tests.gate.test_judge import COMMIT, GOOD, ask as judged, hold, reason, refused

pytestmark = pytest.mark.django_db


def codes(row: DecisionRow) -> set[str]:
    return {one.code for one in row.reasons}


@pytest.mark.parametrize("count", [3, 200])
def test_several_grants_that_do_not_cover_are_all_told(count: int) -> None:
    offer = sale.offer()
    seller = parties.party()
    brand, kind = offer.variant.model.brand, offer.variant.model.category
    for number in range(count - 2):
        rights.grant(
            grantee=seller, brand=brand, category=kind, markets=("HK",) if number % 2 else ("JP",)
        )
    rights.grant(grantee=seller, brand=brand, category=kind, until_at=clock.now())
    rights.grant(grantee=seller, brand=brand, category=catalogue.category(slug="audio"))
    theirs = sale.offer(seller=seller, variant=offer.variant)

    row = gate.decision(theirs)

    assert codes(row) == {
        "AUTH_NONE_COVERS",
        "AUTH_OUT_OF_SCOPE_MARKET",
        "AUTH_EXPIRED",
        "AUTH_OUT_OF_SCOPE_CATEGORY",
    }
    assert f"holds {count} grants" in row.reasons[0].text
    assert len(queries.frozen_case(row.id)["sale"]["grants"]) <= min(count, 64)


def test_grant_that_was_left_out_still_ends_the_answer_when_it_begins() -> None:
    offer, seller, now = sale.offer(), parties.party(), clock.now()
    brand, kind = offer.variant.model.brand, offer.variant.model.category
    for number in range(80):
        rights.grant(
            grantee=seller,
            brand=brand,
            category=kind,
            markets=("HK",),
            until_at=now + timedelta(days=80 - number),
        )
    rights.grant(
        grantee=seller,
        brand=brand,
        category=kind,
        markets=("HK",),
        until_at=now + timedelta(hours=1),
    )
    theirs = sale.offer(seller=seller, variant=offer.variant)

    assert gate.decision(theirs, now=now).valid_until == now + timedelta(hours=1)


def long_chain(seller: Party, *, links: int, is_cycle: bool) -> None:
    """Hang a seller's grant below a chain of as many parties as links."""
    brand, kind = catalogue.brand(), catalogue.category()
    made = [
        Party(slug=f"link-{number}", legal_name="L", trading_name="L", country="US")
        for number in range(links)
    ]
    Party.objects.bulk_create(made)
    rows: list[Grant] = []
    for number, holder in enumerate([*made, seller]):
        above = rows[-1] if rows else None
        rows.append(
            Grant(
                issuer_brand=None if above else brand,
                issuer_party=made[number - 1] if above else None,
                parent=above,
                grantee=holder,
                brands=[brand.id],
                categories=[kind.id],
                markets=["US"],
                conditions=["new"],
                from_at=rights.FROM_AT,
                until_at=rights.UNTIL_AT,
                level="list",
                delegate_depth=30_000,
            )
        )
    Grant.objects.bulk_create(rows)
    if is_cycle:
        Grant.objects.filter(pk=rows[0].pk).update(
            issuer_brand=None, issuer_party=made[-1], parent=rows[-2]
        )


@pytest.mark.parametrize(
    ("links", "is_cycle", "told"),
    [(2, False, set()), (10_000, False, {"AUTH_DEPTH_EXCEEDED"}), (5, True, {"AUTH_CHAIN_CYCLE"})],
)
def test_hostile_chains_end_fast(links: int, is_cycle: bool, told: set[str]) -> None:  # noqa: FBT001 -- a parameter
    seller, market = parties.party(), catalogue.market()
    long_chain(seller, links=links, is_cycle=is_cycle)
    brand = Grant.objects.filter(grantee=seller).get().brands[0]
    variant = catalogue.variant(
        model=catalogue.device_model(
            brand=catalogue.brand().__class__.objects.get(pk=brand), category=catalogue.category()
        )
    )
    rights.approval(variant=variant)
    began = time.perf_counter()

    row = services.may(
        action=COMMIT,
        seller_id=seller.id,
        variant_id=variant.id,
        market=market.code,
        condition="new",
        actor="test",
        now=clock.now(),
    )

    assert codes(row) == told
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("code", "match"),
    [("HOLD_PROVISIONAL", "not a reason"), ("RIGHTS_STORE_UNAVAILABLE", "not a reason")],
)
def test_what_the_gate_itself_says_is_never_waived(code: str, match: str) -> None:
    offer = sale.offer()

    with pytest.raises(WaiverWordsError, match=match):
        gate.waiver(offer, codes=frozenset({code}))


def test_provisional_hold_is_told_beside_the_hold() -> None:
    provisional = hold(is_provisional=True, expires_at=NOW + timedelta(hours=9))

    found = judged(GOOD, provisional)

    assert [one.code for one in found.reasons] == ["HOLD_ACTIVE", "HOLD_PROVISIONAL"]
    assert "22 November 2026 19:00 UTC" in found.reasons[1].text


@given(st.lists(st.sampled_from((ReasonCode.AUTH_NONE, ReasonCode.APPROVAL_MISSING)), max_size=2))
def test_hold_never_turns_a_no_into_a_yes(told: list[ReasonCode]) -> None:
    verdict = refused(*map(reason, told)) if told else GOOD
    before = judged(verdict)
    after = judged(verdict, hold())

    assert after.result is Outcome.DENY
    assert before.result.rank <= after.result.rank
    assert set(before.reasons) <= set(after.reasons)


def test_may_takes_few_round_trips(django_assert_max_num_queries: Any) -> None:  # noqa: ANN401 -- pytest-django's own fixture
    offer = sale.offer()

    with django_assert_max_num_queries(9):
        gate.decision(offer)


def test_kept_case_is_plain_json() -> None:
    offer = sale.offer()
    facts = queries.frozen_case(gate.decision(offer).id)

    assert kept(case_of(facts)) == facts
