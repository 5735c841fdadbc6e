"""
How long an annual percentage rate takes, beside the least that the same answer could take.

The ceiling is the equation of value of the same plan, evaluated once an iteration with plain
floats: a solver cannot do less than that. Both are measured in the same run, best of several.
Run: python -m bench.money_apr [--json]
"""

import argparse
import json
import timeit
from collections.abc import Callable
from datetime import date

from bandstand.money import Flow, InstalmentTerms, Money, due_dates, plan_quote, us_apr

SIGNED = date(2026, 11, 22)
FIRST_DUE = date(2026, 12, 22)
ROUNDS = 200
REPEATS = 7


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object")
    plans = [_measure(months) for months in (24, 36)]
    if options.parse_args().json:
        print(json.dumps({"bench": "money_apr", "plans": plans}))
        return
    for plan in plans:
        print("{payments} payments: {apr_us} µs a rate, {quote_us} µs a quote;".format_map(plan))
        print("  ceiling {ceiling_us} µs, {iterations} rounds; ratio {ratio}".format_map(plan))


def _measure(months: int) -> dict[str, float | int]:
    days = due_dates(FIRST_DUE, count=months)
    amounts = [2777] * (months - 1) + [2804]
    advances = [Flow(SIGNED, Money(sum(amounts) - 1000, "USD"))]
    payments = [Flow(day, Money(minor, "USD")) for day, minor in zip(days, amounts, strict=True)]
    result = us_apr(advances=advances, payments=payments)
    iterations = len(result.derivation.root.iterations)
    rate = float(result.rate) / 1200
    amount = sum(amounts) - 1000

    def least() -> float:
        balance: float = amount
        for _ in range(iterations):
            balance = amount
            for at, paid in enumerate(amounts, start=1):
                balance -= paid / (1.0 + rate) ** at
        return balance

    assert abs(least()) < 1e-6 * amount
    apr_us = _best_us(lambda: us_apr(advances=advances, payments=payments))
    ceiling_us = _best_us(least)
    price, terms = Money(sum(amounts), "USD"), InstalmentTerms(months)
    return {
        "payments": months,
        "apr_us": round(apr_us, 1),
        "quote_us": round(
            _best_us(lambda: plan_quote(price, terms, first_due=FIRST_DUE, contract_date=SIGNED)),
            1,
        ),
        "ceiling_us": round(ceiling_us, 1),
        "iterations": iterations,
        "ratio": round(apr_us / ceiling_us, 2),
    }


def _best_us(call: Callable[[], object]) -> float:
    return min(timeit.repeat(call, number=ROUNDS, repeat=REPEATS)) / ROUNDS * 1e6


if __name__ == "__main__":
    main()
