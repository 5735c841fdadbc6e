"""
Money: exact amounts, instalment schedules and the annual percentage rate.

Pure: no clock, no database, no framework. Delivery code and services ask; this room computes.
"""

from bandstand.money.amount import Money, allocate, sum_of
from bandstand.money.apr import AprResult, Flow, Regime, eu_aprc, us_apr
from bandstand.money.changes import (
    Change,
    ExtraEffect,
    ExtraPayment,
    FurtherAdvance,
    RateChange,
    SkippedPayment,
    restate,
)
from bandstand.money.currencies import exponent, minor_per_major
from bandstand.money.day_count import (
    ACTUAL_360,
    ACTUAL_364,
    ACTUAL_365,
    ACTUAL_ACTUAL,
    NOMINAL,
    THIRTY_360,
    DayCount,
    parse_day_count,
)
from bandstand.money.derivation import Derivation
from bandstand.money.errors import (
    AmountError,
    AprError,
    CurrencyMismatchError,
    ScheduleError,
    UnknownCurrencyError,
)
from bandstand.money.formatting import format_money, parse_money
from bandstand.money.months import MONTHLY, Every, Frequency, due_dates, parse_frequency
from bandstand.money.quote import Fee, InstalmentTerms, PlanQuote, plan_quote
from bandstand.money.rounding import Rounding, ceiling, floor, half_even, half_up, round_exact
from bandstand.money.schedule import (
    Conventions,
    InterestType,
    PaymentLine,
    Schedule,
    ScheduleLine,
    ScheduleTerms,
    build_schedule,
)
from bandstand.money.standing import MadeWhole, Payoff, Standing, made_whole, payoff, standing
from bandstand.money.unit_periods import Interval, UnitPeriod
from bandstand.money.vectors import Miss, VectorReport, check_apr_rows, check_schedule_rows
from bandstand.money.years import YearBasis

__all__ = [
    "ACTUAL_360",
    "ACTUAL_364",
    "ACTUAL_365",
    "ACTUAL_ACTUAL",
    "MONTHLY",
    "NOMINAL",
    "THIRTY_360",
    "AmountError",
    "AprError",
    "AprResult",
    "Change",
    "Conventions",
    "CurrencyMismatchError",
    "DayCount",
    "Derivation",
    "Every",
    "ExtraEffect",
    "ExtraPayment",
    "Fee",
    "Flow",
    "Frequency",
    "FurtherAdvance",
    "InstalmentTerms",
    "InterestType",
    "Interval",
    "MadeWhole",
    "Miss",
    "Money",
    "PaymentLine",
    "Payoff",
    "PlanQuote",
    "RateChange",
    "Regime",
    "Rounding",
    "Schedule",
    "ScheduleError",
    "ScheduleLine",
    "ScheduleTerms",
    "SkippedPayment",
    "Standing",
    "UnitPeriod",
    "UnknownCurrencyError",
    "VectorReport",
    "YearBasis",
    "allocate",
    "build_schedule",
    "ceiling",
    "check_apr_rows",
    "check_schedule_rows",
    "due_dates",
    "eu_aprc",
    "exponent",
    "floor",
    "format_money",
    "half_even",
    "half_up",
    "made_whole",
    "minor_per_major",
    "parse_day_count",
    "parse_frequency",
    "parse_money",
    "payoff",
    "plan_quote",
    "restate",
    "round_exact",
    "standing",
    "sum_of",
    "us_apr",
]
