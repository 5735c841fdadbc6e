"""Returns: what is owed for a period, two persons, and every cent of it in the books once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import Error as DatabaseError
from hypothesis import given, settings, strategies as st
from hypothesis.extra.django import TestCase

from bandstand.ledger import queries as ledger, services as books
from bandstand.ledger.rules import AccountCode, credit, debit
from bandstand.money import Money
from bandstand.tax import queries, services
from bandstand.tax.models import TaxRegistration, TaxReturn, TaxReturnMove
from bandstand.tax.rules import (
    FilingPeriod,
    ReturnState,
    TaxPolicyError,
    TaxReturnError,
    figures,
    period_of,
)
from tests.factories.tax import dollars

pytestmark = pytest.mark.django_db

ADA, BEN = "ada@lark.example.org", "ben@lark.example.org"
ILLINOIS = "US-IL"
ZONE = "America/Chicago"
JULY, AUGUST = datetime(2026, 7, 10, tzinfo=UTC), datetime(2026, 8, 10, tzinfo=UTC)
numbers = iter(range(1, 1_000_000))


def registered(period: FilingPeriod = FilingPeriod.MONTH) -> None:
    services.register(
        authority=ILLINOIS,
        number="IL-4711",
        is_facilitator=True,
        period=period,
        from_date=date(2026, 1, 1),
        source="Certificate of registration",
        actor=ADA,
        now=JULY,
    )


def moved(minor: int, *, at: datetime, recorded: datetime | None = None) -> None:
    """Collect tax, or give it back if the amount is negative, as sales and their undoing do."""
    amount = dollars(abs(minor))
    tax, clearing = AccountCode.TAX_PAYABLE, AccountCode.PSP_CLEARING
    legs = (
        (debit(clearing, amount), credit(tax, amount, key=ILLINOIS))
        if minor > 0
        else (debit(tax, amount, key=ILLINOIS), credit(clearing, amount))
    )
    books.post(
        idempotency_key=f"sale:{next(numbers)}",
        kind="sale",
        entries=legs,
        effective_at=at,
        now=recorded or at,
    )


def prepare(*, today: date, actor: str = ADA) -> queries.ReturnRow:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    made = services.prepare_return(
        authority=ILLINOIS, currency="USD", zone=ZONE, today=today, actor=actor, now=now
    )
    return queries.return_row(made)


def finish(row: queries.ReturnRow) -> None:
    now = row.prepared_at + timedelta(hours=1)
    services.file_return(return_id=row.id, reference="IL-1", actor=BEN, now=now)
    services.pay_return(
        return_id=row.id, reference="ACH 1", actor=ADA, now=now + timedelta(hours=1)
    )


def stands(code: AccountCode, key: str = ILLINOIS) -> Money:
    return ledger.balance(code=code, key=key, currency="USD")


def test_a_period_is_prepared_filed_and_paid_by_two_persons() -> None:
    registered()
    moved(9_000, at=JULY)
    moved(-1_000, at=JULY + timedelta(days=3))
    moved(500, at=AUGUST)

    row = prepare(today=date(2026, 8, 12))

    assert (row.from_date, row.until_date) == (date(2026, 7, 1), date(2026, 8, 1))
    assert row.figures.collected == dollars(9_000)
    assert row.figures.refunded == dollars(1_000)
    assert row.figures.due == row.figures.net == dollars(8_000)
    assert row.is_facilitator
    assert stands(AccountCode.BANK, "") == dollars(0)
    with pytest.raises(TaxReturnError, match="somebody else has to file"):
        services.file_return(return_id=row.id, reference="IL-1", actor=ADA, now=AUGUST)
    services.file_return(return_id=row.id, reference="IL-1", actor=BEN, now=AUGUST)
    with pytest.raises(TaxReturnError, match="somebody else has to pay"):
        services.pay_return(return_id=row.id, reference="ACH 1", actor=BEN, now=AUGUST)
    services.pay_return(return_id=row.id, reference="ACH 1", actor=ADA, now=AUGUST)

    assert queries.return_row(row.id).state is ReturnState.PAID
    assert stands(AccountCode.BANK, "") == dollars(-8_000)
    assert stands(AccountCode.TAX_PAYABLE) == dollars(-500)
    with pytest.raises(TaxReturnError, match="cannot be moved"):
        services.pay_return(return_id=row.id, reference="ACH 2", actor=BEN, now=AUGUST)
    assert stands(AccountCode.BANK, "") == dollars(-8_000)
    assert ledger.imbalance() == 0


def test_tax_given_back_after_it_was_remitted_is_a_credit_used_next_time() -> None:
    registered()
    moved(5_000, at=JULY)
    finish(prepare(today=date(2026, 8, 2)))
    moved(-5_000, at=AUGUST)
    moved(1_000, at=AUGUST)

    august = prepare(today=date(2026, 9, 2))
    finish(august)

    assert (august.figures.due, august.figures.carried) == (dollars(0), dollars(4_000))
    assert stands(AccountCode.TAX_RECEIVABLE) == dollars(4_000)
    assert stands(AccountCode.TAX_PAYABLE) == dollars(0)
    moved(6_500, at=datetime(2026, 9, 5, tzinfo=UTC))
    september = prepare(today=date(2026, 10, 2))
    finish(september)

    assert (september.figures.credit_used, september.figures.due) == (
        dollars(4_000),
        dollars(2_500),
    )
    assert stands(AccountCode.TAX_RECEIVABLE) == stands(AccountCode.TAX_PAYABLE) == dollars(0)
    assert stands(AccountCode.BANK, "") == dollars(-7_500)


def test_what_was_written_down_late_is_in_the_next_return() -> None:
    registered()
    moved(5_000, at=JULY)
    finish(prepare(today=date(2026, 8, 2)))
    moved(700, at=JULY, recorded=AUGUST)
    moved(300, at=AUGUST)

    assert prepare(today=date(2026, 9, 2)).figures.collected == dollars(1_000)


def test_a_day_ends_at_the_operators_midnight() -> None:
    registered()
    moved(100, at=datetime(2026, 8, 1, 4, 59, tzinfo=UTC))
    moved(200, at=datetime(2026, 8, 1, 5, 0, tzinfo=UTC))

    july = prepare(today=date(2026, 8, 2))

    assert (july.from_date, july.figures.collected) == (date(2026, 7, 1), dollars(100))


def test_what_cannot_be_prepared_is_refused_and_nothing_is_kept() -> None:
    with pytest.raises(TaxReturnError, match="No tax was ever collected"):
        prepare(today=date(2026, 8, 2))
    moved(5_000, at=JULY)
    with pytest.raises(TaxReturnError, match="No registration with US-IL"):
        prepare(today=date(2026, 8, 2))
    registered()
    with pytest.raises(TaxReturnError, match="ends with 2026-08-01"):
        prepare(today=date(2026, 7, 31))
    assert not TaxReturn.objects.exists()
    prepare(today=date(2026, 8, 2))
    moved(5_000, at=AUGUST)
    with pytest.raises(TaxReturnError, match="not paid yet"):
        prepare(today=date(2026, 9, 2))
    assert TaxReturn.objects.count() == 1


def test_a_dropped_return_is_prepared_anew_with_what_came_since() -> None:
    registered()
    moved(5_000, at=JULY)
    row = prepare(today=date(2026, 8, 2))
    with pytest.raises(TaxReturnError, match="Give the reference"):
        services.drop_return(return_id=row.id, reason=" ", actor=ADA, now=AUGUST)
    services.drop_return(return_id=row.id, reason="A sale was missing.", actor=ADA, now=AUGUST)
    moved(400, at=JULY, recorded=AUGUST)

    again = prepare(today=date(2026, 8, 12))

    assert again.figures.collected == dollars(5_400)
    assert [one.id for one in queries.returns()] == [again.id]


def test_returns_and_their_steps_are_never_rewritten() -> None:
    registered()
    moved(5_000, at=JULY)
    finish(prepare(today=date(2026, 8, 2)))

    for model, field in (
        (TaxReturn, "due_minor"),
        (TaxReturnMove, "reference"),
        (TaxRegistration, "number"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(**{field: 0})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"number": " "}, "Give the registration"),
        ({"source": ""}, "Give the registration"),
        ({"authority": "US-IL:62701"}, "not to a postal code"),
    ],
)
def test_a_registration_names_its_number_source_and_authority(
    changed: dict[str, str], words: str
) -> None:
    given_ = {"authority": ILLINOIS, "number": "IL-1", "source": "Letter", **changed}
    with pytest.raises(TaxPolicyError, match=words):
        services.register(
            is_facilitator=True,
            period=FilingPeriod.MONTH,
            from_date=date(2026, 1, 1),
            actor=ADA,
            now=JULY,
            **given_,
        )
    assert not TaxRegistration.objects.exists()


@pytest.mark.parametrize(
    ("day", "period", "begins", "until"),
    [
        (date(2026, 2, 28), FilingPeriod.MONTH, date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 12, 31), FilingPeriod.MONTH, date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 11, 1), FilingPeriod.QUARTER, date(2026, 10, 1), date(2027, 1, 1)),
        (date(2026, 5, 1), FilingPeriod.QUARTER, date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 5, 1), FilingPeriod.YEAR, date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_is_a_calendar_period(
    day: date, period: FilingPeriod, begins: date, until: date
) -> None:
    assert period_of(day, period=period) == (begins, until)


amounts = st.integers(min_value=0, max_value=10_000_000)


@given(collected=amounts, refunded=amounts, credit_minor=amounts)
def test_a_return_always_adds_up(collected: int, refunded: int, credit_minor: int) -> None:
    told = figures(
        collected=dollars(collected), refunded=dollars(refunded), credit=dollars(credit_minor)
    )

    assert told.net == told.credit_used + told.due - told.carried
    assert told.due.minor >= 0
    assert told.carried.minor >= 0
    assert told.credit_used <= dollars(credit_minor)
    assert told.due.is_zero or told.carried.is_zero


class AnyYear(TestCase):
    """Whatever is collected and given back, and whenever: every cent is reported and paid once."""

    @settings(deadline=None, max_examples=25)
    @given(months=st.lists(st.integers(min_value=-5_000, max_value=9_000), min_size=1, max_size=6))
    def test_paid_and_owed_to_us_is_what_was_collected(self, months: list[int]) -> None:
        registered()
        moved(1, at=datetime(2026, 1, 15, tzinfo=UTC))
        for at, minor in enumerate(months, start=1):
            if minor:
                moved(minor, at=datetime(2026, at, 20, tzinfo=UTC))
            finish(prepare(today=date(2026, at + 1, 2)))

        net = dollars(1 + sum(months))
        paid = -stands(AccountCode.BANK, "")
        assert paid - stands(AccountCode.TAX_RECEIVABLE) == net
        assert stands(AccountCode.TAX_PAYABLE) == dollars(0)
        assert ledger.imbalance() == 0
