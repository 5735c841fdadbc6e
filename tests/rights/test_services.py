from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing.models import AuditEntry
from bandstand.rights import queries, services
from bandstand.rights.models import Approval, BrandStatement, Grant, SalePolicy
from bandstand.rights.rules import (
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    GrantLevel,
    GrantScope,
    Outcome,
    decide,
)
from bandstand.rights.services import GrantWordsError
from tests.factories import catalogue, parties, rights

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def issue(**parts: Any) -> UUID:  # noqa: ANN401 -- arguments of many types
    phone = parts.pop("variant", None) or catalogue.variant()
    scope = GrantScope(
        brands=frozenset({phone.model.brand_id}),
        categories=frozenset({phone.model.category_id}),
        markets=frozenset({"US"}),
        conditions=frozenset({Condition.NEW}),
    )
    words: dict[str, Any] = {
        "issuer_brand_id": phone.model.brand_id,
        "grantee_id": parties.party().id,
        "scope": replace(scope, **parts.pop("scope", {})),
        "from_at": NOW,
        "until_at": NOW + timedelta(days=365),
        "level": GrantLevel.LIST,
        "actor": "aster@example.org",
        "now": NOW,
        **parts,
    }
    return services.issue_grant(**words)


def ask(seller_id: UUID, variant_id: UUID, **parts: Any) -> Any:  # noqa: ANN401 -- arguments of many types
    words: dict[str, Any] = {"market": "US", "condition": "new", "at": NOW, **parts}
    return decide(queries.facts_for(seller_id=seller_id, variant_id=variant_id, **words))


def test_issued_grant_and_recorded_approval_allow_the_sale() -> None:
    catalogue.market()
    seller, variant = parties.party(), catalogue.variant()
    issue(variant=variant, grantee_id=seller.id)
    services.record_approval(
        variant_id=variant.id,
        market="US",
        scheme=ApprovalScheme.FCC,
        reference="2AASTER-1",
        state=ApprovalState.GRANTED,
        actor="mira",
        now=NOW,
    )

    assert ask(seller.id, variant.id).outcome is Outcome.ALLOW


def test_level_of_a_credential_is_refused_where_no_credential_was_presented() -> None:
    catalogue.market()

    with pytest.raises(services.GrantWordsError, match="Present the credential"):
        issue(level=GrantLevel.CREDENTIAL)

    assert not Grant.objects.exists()


def test_issuing_the_same_grant_twice_is_one_grant() -> None:
    catalogue.market()
    seller, variant = parties.party(), catalogue.variant()

    first = issue(variant=variant, grantee_id=seller.id)

    assert issue(variant=variant, grantee_id=seller.id) == first
    assert Grant.objects.count() == 1
    assert AuditEntry.objects.filter(action="rights.grant").count() == 1


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"issuer_brand_id": None}, GrantWordsError),
        ({"issuer_party_id": uuid4()}, GrantWordsError),
        ({"scope": {"brands": frozenset()}}, GrantWordsError),
        ({"scope": {"markets": frozenset()}}, GrantWordsError),
        ({"until_at": NOW}, GrantWordsError),
        ({"scope": {"brands": frozenset({uuid4()})}}, NotFoundError),
        ({"scope": {"categories": frozenset({uuid4()})}}, NotFoundError),
        ({"scope": {"models": frozenset({uuid4()})}}, NotFoundError),
        ({"scope": {"markets": frozenset({"UX"})}}, NotFoundError),
        ({"grantee_id": uuid4()}, NotFoundError),
        ({"parent_id": uuid4()}, NotFoundError),
    ],
)
def test_grant_that_could_permit_nothing_is_refused(
    parts: dict[str, Any], error: type[Exception]
) -> None:
    catalogue.market()

    with pytest.raises(error):
        issue(**parts)

    assert not Grant.objects.exists()


def test_revoking_is_for_good_and_keeps_the_first_reason() -> None:
    catalogue.market()
    grant_id = issue()
    words: dict[str, Any] = {"grant_id": grant_id, "actor": "aster", "now": NOW}

    services.revoke_grant(reason="The contract has ended.", **words)
    services.revoke_grant(reason="Another.", **{**words, "now": NOW + timedelta(1)})

    grant = Grant.objects.get()
    assert (grant.revoked_at, grant.revoke_reason) == (NOW, "The contract has ended.")


def test_revoking_needs_a_grant_and_a_reason() -> None:
    catalogue.market()
    grant_id = issue()

    with pytest.raises(GrantWordsError):
        services.revoke_grant(grant_id=grant_id, reason=" ", actor="aster", now=NOW)
    with pytest.raises(NotFoundError):
        services.revoke_grant(grant_id=uuid4(), reason="x", actor="aster", now=NOW)

    assert Grant.objects.get().revoked_at is None


def test_confirmed_status_makes_a_stale_grant_good_for_a_day() -> None:
    catalogue.market()
    seller, variant = parties.party(), catalogue.variant(is_radio=False)
    old = NOW - timedelta(days=2)
    grant_id = issue(variant=variant, grantee_id=seller.id, status_checked_at=old)
    before = ask(seller.id, variant.id).outcome

    services.confirm_status(grant_id=grant_id, actor="mira", now=NOW)

    assert before is Outcome.DENY
    assert ask(seller.id, variant.id).outcome is Outcome.ALLOW
    assert ask(seller.id, variant.id, at=NOW + timedelta(hours=24)).outcome is Outcome.DENY
    with pytest.raises(NotFoundError):
        services.confirm_status(grant_id=uuid4(), actor="mira", now=NOW)


def test_later_statement_ends_the_earlier_one() -> None:
    catalogue.market()
    brand = catalogue.brand()
    words: dict[str, Any] = {
        "brand_id": brand.id,
        "market": "US",
        "source": "page",
        "actor": "aster",
        "now": NOW,
    }
    closed, opened = ChannelStatus.NO_AUTHORISED_CHANNEL, ChannelStatus.OPEN

    first = services.publish_statement(status=closed, from_at=NOW - timedelta(9), **words)
    again = services.publish_statement(status=closed, from_at=NOW - timedelta(9), **words)
    services.publish_statement(status=opened, from_at=NOW, **words)

    assert first == again
    assert BrandStatement.objects.get(status=closed.value).until_at == NOW
    assert BrandStatement.objects.get(status=opened.value).until_at is None


def test_later_policy_row_ends_the_earlier_one_for_the_same_sale() -> None:
    catalogue.market()
    words: dict[str, Any] = {
        "condition": Condition.NEW,
        "min_level": GrantLevel.LIST,
        "actor": "m",
        "now": NOW,
    }
    services.set_policy(needs_grant=True, version="1", from_at=NOW - timedelta(9), **words)
    services.set_policy(needs_grant=True, version="us", market="US", from_at=NOW, **words)
    services.set_policy(needs_grant=False, version="2", from_at=NOW, **words)

    ends = dict(SalePolicy.objects.values_list("version", "until_at"))
    assert ends == {"1": NOW, "us": None, "2": None}


def test_approval_needs_a_reference_and_a_known_variant() -> None:
    catalogue.market()
    words: dict[str, Any] = {
        "market": "US",
        "scheme": ApprovalScheme.FCC,
        "state": ApprovalState.GRANTED,
    }
    rest: dict[str, Any] = {**words, "actor": "mira", "now": NOW}

    with pytest.raises(GrantWordsError):
        services.record_approval(variant_id=catalogue.variant().id, reference="", **rest)
    with pytest.raises(NotFoundError):
        services.record_approval(variant_id=uuid4(), reference="2A", **rest)

    assert not Approval.objects.exists()


def test_unknown_market_names_the_near_ones() -> None:
    catalogue.market()
    catalogue.market(code="GB")

    with pytest.raises(NotFoundError, match="GB"):
        queries.market_fact("GP")


def test_grants_above_the_sellers_own_are_fetched_and_a_cycle_ends() -> None:
    seller, dealer = rights.sellable()[0], parties.party()
    root = Grant.objects.get()
    leaf = rights.grant(grantee=dealer, issuer_party=seller, parent=root)
    Grant.objects.filter(pk=root.id).update(parent=leaf)

    facts = queries.facts_for(
        seller_id=dealer.id,
        variant_id=catalogue.variant().id,
        market="US",
        condition="new",
        at=NOW,
    )

    assert {one.id for one in facts.grants} == {root.id, leaf.id}


@pytest.mark.parametrize("count", [1, 3])
def test_facts_of_a_sale_that_a_grant_covers_take_one_query_whatever_the_number_of_grants(
    django_assert_num_queries: Any,  # noqa: ANN401 -- pytest-django's own fixture
    count: int,
) -> None:
    seller, variant = rights.sellable()
    for _ in range(count):
        rights.grant(grantee=seller)
        rights.statement(brand=variant.model.brand)
        rights.approval(variant=variant, reference=str(uuid4()))

    Grant.objects.exclude(grantee=seller).delete()
    BrandStatement.objects.all().delete()

    with django_assert_num_queries(1):
        assert ask(seller.id, variant.id).outcome is Outcome.ALLOW


def test_path_of_a_right_tells_each_step_in_plain_words() -> None:
    seller, variant = rights.sellable()
    words: dict[str, Any] = {"seller_id": seller.id, "variant_id": variant.id, "market": "US"}

    good = queries.right_path(at=NOW, **words)
    bad = queries.right_path(at=rights.UNTIL_AT, **words)

    brand = variant.model.brand.name
    assert good[0].text == f"{brand} authorises {seller.trading_name}."
    assert good[0].period_text == "from 1 January 2026 until 1 January 2028"
    assert good[0].level == "brand's published list"
    assert all(step.ok for step in good)
    assert [step.ok for step in bad] == [False]
    assert "ended on 1 January 2028" in bad[0].text
