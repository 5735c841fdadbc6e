from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st

from bandstand.catalogue import rules
from bandstand.catalogue.rules import FITS_FROM, Agreement, Said
from bandstand.kernel.words import Answer, Certainty

DAYS = st.dates(min_value=date(2010, 1, 1), max_value=date(2035, 1, 1))
BANDS = st.frozensets(st.sampled_from(["2", "4", "12", "66", "71"]))
CLAIMS = st.lists(
    st.builds(Said, key=st.text(max_size=3), words=BANDS, certainty=st.sampled_from(Certainty)),
    max_size=5,
)


@given(DAYS, st.sets(DAYS))
def test_intervals_cover_every_day_from_the_floor_once(floor: date, days: set[date]) -> None:
    spans = rules.intervals(days, floor=floor)

    assert spans[0][0] == floor
    assert spans[-1][1] is None
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    assert {start for start, _ in spans} == {floor} | {day for day in days if day > floor}


def test_intervals_without_dates_are_one_open_interval() -> None:
    assert rules.intervals([FITS_FROM - timedelta(days=1)]) == ((FITS_FROM, None),)


@given(CLAIMS)
def test_agreement_relies_on_nothing_that_a_speaking_source_leaves_out(claims: list[Said]) -> None:
    together = rules.agreement(claims)
    speaking = [one.words for one in claims if one.words]

    assert all(together.agreed <= words for words in speaking)
    assert together.agreed | together.disputed == frozenset().union(*speaking)
    assert not together.agreed & together.disputed
    assert together.is_conflict == (len(set(speaking)) > 1)


@given(CLAIMS)
def test_agreement_does_not_depend_on_order(claims: list[Said]) -> None:
    assert rules.agreement(claims) == rules.agreement(claims[::-1])


def test_conflict_is_never_certain() -> None:
    one = Said(key="a", words=frozenset({"2", "4"}), certainty=Certainty.HIGH)
    other = Said(key="b", words=frozenset({"2"}), certainty=Certainty.HIGH)

    assert rules.agreement([one, other]) == Agreement(
        agreed=frozenset({"2"}), disputed=frozenset({"4"}), certainty=Certainty.LOW
    )


def test_yes_and_no_together_are_unknown() -> None:
    yes = Said(key="a", words=frozenset({"yes"}), certainty=Certainty.HIGH)
    no = Said(key="b", words=frozenset({"no"}), certainty=Certainty.HIGH)

    assert rules.answer_of(rules.agreement([yes])) is Answer.YES
    assert rules.answer_of(rules.agreement([yes, no])) is Answer.UNKNOWN
    assert rules.answer_of(rules.agreement([])) is Answer.UNKNOWN


def test_slug_and_title() -> None:
    assert rules.slug_of("Galaxy S6 edge+", "SM-G928I") == "galaxy-s6-edge-plus-sm-g928i"
    assert rules.slug_of("Télé Café") == "tele-cafe"
    assert rules.title_of(brand="Nokia", model="Nokia 6.1") == "Nokia 6.1"
    assert rules.title_of(brand="Xiaomi", model="Mi 3") == "Xiaomi Mi 3"
