from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, strategies as st

from bandstand.rights.rules import (
    Condition,
    GrantFact,
    GrantLevel,
    GrantScope,
    Outcome,
    RightsFacts,
    decide,
)
from tests.rights.world import (
    ACCESSORY,
    ASTER,
    AT,
    BIRCH,
    NORTHGATE,
    ONE,
    PHONE,
    SOUTHGATE,
    TWO,
    WHOLESALE,
    approval,
    facts,
    grant,
)

PARTIES = (NORTHGATE, WHOLESALE, SOUTHGATE)


def some(*items: Any) -> st.SearchStrategy[frozenset[Any]]:  # noqa: ANN401 -- words of several kinds
    return st.frozensets(st.sampled_from(items), min_size=1)


scopes = st.builds(
    GrantScope,
    brands=some(ASTER, BIRCH),
    categories=some(PHONE, ACCESSORY),
    markets=some("US", "EU"),
    conditions=some(*Condition),
    models=st.frozensets(st.sampled_from((ONE, TWO))),
)
hours = st.integers(-48, 48).map(lambda hours: AT + timedelta(hours=hours))


@st.composite
def grants(draw: st.DrawFn) -> tuple[GrantFact, ...]:
    """Some grants: each from the brand or from a party below an earlier or later one."""
    count = draw(st.integers(1, 5))
    return tuple(
        grant(
            100 + number,
            grantee_id=draw(st.sampled_from(PARTIES)),
            issuer_party_id=draw(st.sampled_from((None, None, WHOLESALE, SOUTHGATE))),
            parent_id=draw(st.sampled_from((None, *(UUID(int=100 + one) for one in range(count))))),
            scope=draw(scopes),
            from_at=draw(hours),
            until_at=draw(hours),
            delegate_depth=draw(st.integers(0, 3)),
            level=draw(st.sampled_from(GrantLevel)),
            revoked_at=draw(st.none() | hours),
        )
        for number in range(count)
    )


@given(grants(), st.randoms(use_true_random=False))
def test_order_of_grants_does_not_matter(made: tuple[GrantFact, ...], chance: object) -> None:
    shuffled = list(made)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random

    first, second = decide(facts(*made)), decide(facts(*shuffled))

    assert (first.outcome, first.codes, first.valid_until) == (
        second.outcome,
        second.codes,
        second.valid_until,
    )


@given(grants(), st.permutations(range(100, 105)))
def test_ids_do_not_matter(made: tuple[GrantFact, ...], numbers: list[int]) -> None:
    names = {
        UUID(int=old): UUID(int=new + 900)
        for old, new in zip(range(100, 105), numbers, strict=True)
    }
    renamed = [
        replace(
            one,
            id=names[one.id],
            parent_id=None if one.parent_id is None else names[one.parent_id],
        )
        for one in made
    ]

    first, second = decide(facts(*made)), decide(facts(*renamed))

    assert (first.outcome, first.codes, first.valid_until) == (
        second.outcome,
        second.codes,
        second.valid_until,
    )


@given(grants(), st.data())
def test_narrowing_what_the_brand_itself_granted_never_allows_more(
    made: tuple[GrantFact, ...], data: st.DataObject
) -> None:
    # A link below may become valid by being narrowed, because a wider one is invalid as a whole;
    # what the brand itself issued cannot.
    roots = [one for one in made if one.issuer_brand_id is not None]
    before = decide(facts(*made))
    if not roots:
        return
    root = data.draw(st.sampled_from(roots))
    narrow = data.draw(narrower(root))
    after = decide(facts(*(narrow if one is root else one for one in made)))

    assert before.outcome is Outcome.ALLOW or after.outcome is not Outcome.ALLOW
    if after.outcome is Outcome.ALLOW:
        assert after.valid_until <= before.valid_until


@st.composite
def narrower(draw: st.DrawFn, one: GrantFact) -> GrantFact:
    """Give a grant that permits no more than another in any respect."""
    scope = one.scope
    models = scope.models or frozenset({ONE, TWO})
    return replace(
        one,
        scope=GrantScope(
            brands=frozenset(draw(st.sets(st.sampled_from(sorted(scope.brands))))),
            categories=frozenset(draw(st.sets(st.sampled_from(sorted(scope.categories))))),
            markets=frozenset(draw(st.sets(st.sampled_from(sorted(scope.markets))))),
            conditions=frozenset(draw(st.sets(st.sampled_from(sorted(scope.conditions))))),
            models=frozenset(draw(st.sets(st.sampled_from(sorted(models)), min_size=1))),
        ),
        from_at=one.from_at + timedelta(hours=draw(st.integers(0, 5))),
        until_at=one.until_at - timedelta(hours=draw(st.integers(0, 5))),
        delegate_depth=draw(st.integers(0, one.delegate_depth)),
    )


@given(grants())
def test_taking_a_fact_away_from_a_good_world_never_helps(made: tuple[GrantFact, ...]) -> None:
    whole = decide(facts(*made))
    for poorer in _poorer_worlds(facts(*made)):
        assert whole.outcome is Outcome.ALLOW or decide(poorer).outcome is not Outcome.ALLOW


@given(grants(), hours)
def test_answer_stands_until_its_end(made: tuple[GrantFact, ...], later: object) -> None:
    world = facts(*made, approvals=(approval(until_at=AT + timedelta(hours=30)),))
    verdict = decide(world)
    instant = min(max(AT, later), verdict.valid_until - timedelta(microseconds=1))  # type: ignore[call-overload]  # an instant

    # Within the skew a grant may count as begun before its instant, which is only ever earlier.
    assert decide(replace(world, at=instant)).outcome.rank <= verdict.outcome.rank


def _poorer_worlds(world: RightsFacts) -> list[RightsFacts]:
    return [
        replace(world, approvals=()),
        replace(world, seller=replace(world.seller, verified_at=None)),
        *(
            replace(world, grants=tuple(one for one in world.grants if one is not gone))
            for gone in world.grants
        ),
    ]
