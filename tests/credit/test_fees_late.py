"""What paying late costs: what was disclosed, once, capped, and never for a pause."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from bandstand.credit.rules import InstalmentKind
from bandstand.credit.rules.agreement import NO_LATE_FEE
from bandstand.credit.rules.late_fees import (
    LateFeeRefusedError,
    LateFeeTerms,
    fees_due,
    late_fee,
    late_words,
    read_late_fee,
    require_sound,
)
from bandstand.credit.rules.standing import Owed

DUE = date(2026, 2, 28)
DAY = timedelta(days=1)
FIVE = LateFeeTerms(grace_days=10, currency="USD", fixed_minor=500)


def charged(
    terms: LateFeeTerms,
    rows: tuple[Owed, ...],
    *,
    on: date,
    had: tuple[int, ...] = (),
    resumed_on: date | None = None,
) -> dict[int, int]:
    return dict(fees_due(terms, rows, charged_for=had, resumed_on=resumed_on, on=on))


def test_fee_waits_for_the_days_of_grace_and_comes_once() -> None:
    rows = (Owed(1, DUE, 2000, 0), Owed(2, DUE + 31 * DAY, 2000, 0))

    assert charged(FIVE, rows, on=DUE + 10 * DAY) == {}
    assert charged(FIVE, rows, on=DUE + 11 * DAY) == {1: 500}
    assert charged(FIVE, rows, on=DUE + 60 * DAY, had=(1,)) == {2: 500}


def test_nothing_is_charged_on_a_fee_or_on_what_was_paid() -> None:
    fee = Owed(2, DUE, 500, 0, kind=InstalmentKind.LATE_FEE)
    paid = Owed(1, DUE, 2000, 0, paid=2000)

    assert charged(FIVE, (paid, fee), on=DUE + 90 * DAY) == {}


def test_grace_begins_anew_after_a_pause() -> None:
    rows = (Owed(1, DUE, 2000, 0),)
    resumed = DUE + 40 * DAY

    assert charged(FIVE, rows, on=resumed + 10 * DAY, resumed_on=resumed) == {}
    assert charged(FIVE, rows, on=resumed + 11 * DAY, resumed_on=resumed) == {1: 500}


@given(
    fixed=st.integers(0, 5000),
    share=st.integers(0, 10_000),
    cap=st.integers(0, 5000),
    cap_share=st.integers(0, 10_000),
    instalment=st.integers(1, 20_000),
    paid=st.integers(0, 20_000),
)
def test_fee_is_never_more_than_any_of_its_limits(
    fixed: int, share: int, cap: int, cap_share: int, instalment: int, paid: int
) -> None:
    terms = LateFeeTerms(
        grace_days=10,
        currency="USD",
        fixed_minor=fixed,
        share_bps=share,
        cap_minor=cap,
        cap_share_bps=cap_share,
    )
    still = max(0, instalment - paid)

    fee = late_fee(terms, instalment=instalment, open_minor=still)

    assert 0 <= fee <= still
    limits = [fixed, cap]
    assert all(fee <= limit for limit in limits if limit)
    assert all(fee * 10_000 <= instalment * one for one in (share, cap_share) if one)
    assert fee == 0 or fixed or share


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (LateFeeTerms(grace_days=4, currency="USD", fixed_minor=1), "Days of grace"),
        (LateFeeTerms(grace_days=91, currency="USD", fixed_minor=1), "Days of grace"),
        (LateFeeTerms(grace_days=9, currency="USD", fixed_minor=-1), "nothing or more"),
        (LateFeeTerms(grace_days=9, currency="USD", share_bps=10_001), "share"),
        (LateFeeTerms(grace_days=9, currency="USD", cap_minor=5), "a cap but no fee"),
    ],
)
def test_terms_that_no_buyer_could_be_told_are_refused(terms: LateFeeTerms, words: str) -> None:
    with pytest.raises(LateFeeRefusedError, match=words):
        require_sound(terms)


def test_agreement_tells_the_fee_and_is_read_back() -> None:
    terms = LateFeeTerms(
        grace_days=10, currency="USD", fixed_minor=500, share_bps=550, cap_minor=2500
    )

    assert late_words(terms, locale="en_US").startswith(
        "If a payment is not made within 10 days of its due date, there is a late charge of the"
        " lower of $5.00 and 5.5 % of that payment, at most $25.00,"
    )
    assert read_late_fee({"late_fee": terms.as_json()}) == terms
    assert read_late_fee({}) is None
    assert late_words(None, locale="en_US") == NO_LATE_FEE
