"""From a price and terms to the disclosure, by the money room's exact quote."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from bandstand.credit.rules.disclosure import (
    PriceDisclosure,
    ScheduleRow,
    TermsRow,
    down_payment_of,
)
from bandstand.credit.rules.life import TermsRefusedError
from bandstand.kernel.errors import RefusedError
from bandstand.money import Money, allocate, minor_per_major
from bandstand.money.apr import Regime, round_rate
from bandstand.money.months import due_dates, shift_months
from bandstand.money.quote import Fee, InstalmentTerms, PlanQuote, plan_quote
from bandstand.money.schedule import Schedule

# fmt: off
EUROPEAN_UNION: Final = frozenset({
    "EU", "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
"""Source: member states on 2026-11-22; Directive (EU) 2023/2225 applies from 2026-11-20."""


class NoCreditRegimeError(RefusedError):
    """A market whose rules for disclosing credit are not known here."""

    code = "no_credit_regime"


def regime_of(market: str) -> Regime:
    """
    Return whose definition of the annual percentage rate a market follows.

    Raises: NoCreditRegimeError where none is known: nothing is lent on a guess.
    Source: 12 CFR 1026.22; FCA Handbook CONC App 1.2; Directive (EU) 2023/2225 Annex III.
    """
    if market == "US":
        return Regime.US_APPENDIX_J
    if market in {"GB", "UK"}:
        return Regime.UK_APRC
    if market in EUROPEAN_UNION:
        return Regime.EU_APRC
    raise NoCreditRegimeError(
        f"How credit is disclosed in {market} is not known here; offer the price outright.",
        market=market,
    )


def terms_label(*, months: int, annual_rate_bps: int, fee: Money | None = None) -> str:
    """Return the name of a plan choice: ``24 months at 0 %``, and its fee if it has one."""
    rate = Decimal(annual_rate_bps).scaleb(-2)
    shown = f"{rate:.2f}" if annual_rate_bps % 100 else f"{rate:.0f}"
    said = f"{months} {'month' if months == 1 else 'months'} at {shown} %"
    return said if fee is None or fee.is_zero else f"{said}, {fee} fee"


def disclose(
    price: Money, terms: TermsRow, *, contract_date: date, market: str, locale: str = "en_US"
) -> PriceDisclosure:
    """
    Return everything a buyer must be told before agreeing to pay a price on these terms.

    Raises: NoCreditRegimeError; ScheduleError if price and terms make no plan; TermsRefusedError if
        interest would run without a down payment.
    Source: 12 CFR 1026.18 (b), (d), (e), (g), (h), (j).
    """
    quote = _quote(price, terms=terms, contract_date=contract_date, market=market)
    if quote.down_payment.is_zero and (terms.annual_rate_bps or terms.fee_minor):
        raise TermsRefusedError(
            f"{terms.label} asks no down payment of {price}: with a finance charge, the payment"
            " taken at checkout would make the disclosed rate untrue."
        )
    is_today = quote.down_payment.is_zero
    return PriceDisclosure(
        price=price,
        terms_id=terms.id,
        annual_rate_bps=terms.annual_rate_bps,
        month=quote.monthly,
        number_of_payments=terms.months,
        payment_lines=tuple(line.text(locale=locale) for line in quote.payment_lines),
        down_payment=quote.down_payment,
        due_today=quote.monthly if is_today else quote.down_payment,
        amount_financed=quote.amount_financed,
        finance_charge=quote.finance_charge,
        total_of_payments=quote.total_of_payments,
        total_sale_price=quote.total_sale_price,
        apr=round_rate(quote.apr.rate, decimals=2),
        contract_date=contract_date,
        schedule=_rows(
            quote.schedule,
            begins=contract_date if is_today else None,
            fee=Money(terms.fee_minor, price.currency),
        ),
        market=market,
        regime=quote.terms.regime.value,
        derivation=_derivation(quote),
        fee_minor=terms.fee_minor,
        fee_label=terms.fee_label if terms.fee_minor else "",
    )


def _quote(price: Money, *, terms: TermsRow, contract_date: date, market: str) -> PlanQuote:
    return plan_quote(
        price,
        InstalmentTerms(
            months=terms.months,
            rate_percent=Decimal(terms.annual_rate_bps).scaleb(-2),
            down_payment=down_payment_of(price, terms),
            fees=_fees(terms, currency=price.currency),
            regime=regime_of(market),
        ),
        first_due=shift_months(contract_date, months=1),
        contract_date=contract_date,
    )


def _fees(terms: TermsRow, *, currency: str) -> tuple[Fee, ...]:
    if not terms.fee_minor:
        return ()
    amount = Money(terms.fee_minor, currency)
    return (Fee(terms.fee_label, amount, cash_buyers_too=False, financed=True),)


def _rows(schedule: Schedule, *, begins: date | None, fee: Money) -> tuple[ScheduleRow, ...]:
    # Without interest the amounts do not depend on the dates, so a first payment at checkout only
    # brings every due date a month forward.
    dues = (
        [line.due_date for line in schedule.lines]
        if begins is None
        else due_dates(begins, count=len(schedule.lines))
    )
    # A fee that only those who finance pay is earned like interest, a part with every payment.
    parts = allocate(fee, weights=tuple(line.principal.minor for line in schedule.lines))
    return tuple(
        ScheduleRow(
            number=line.nr,
            due_on=due,
            principal=line.principal - part,
            interest=line.interest + part,
        )
        for line, due, part in zip(schedule.lines, dues, parts, strict=True)
    )


def _derivation(quote: PlanQuote) -> tuple[str, ...]:
    if quote.finance_charge.is_zero:
        return (
            f"Payments of {quote.total_of_payments} repay {quote.amount_financed}.",
            "The finance charge is zero, so the annual percentage rate is 0 whatever the dates.",
        )
    scale = minor_per_major(quote.price.currency)
    return replace(quote.derivation, minor_per_major=scale).lines()
