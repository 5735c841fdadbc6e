"""
The refusals of the money room.

    BadInputError
    ├── UnknownCurrencyError     no such code in ISO 4217
    ├── CurrencyMismatchError    two currencies in one sum
    ├── AmountError              the words do not say an amount of this currency
    ├── ScheduleError            the plan, its dates or its events do not fit together
    └── AprError                 the flows have no annual percentage rate
"""

from bandstand.kernel.errors import BadInputError


class UnknownCurrencyError(BadInputError):
    """The currency code is not in ISO 4217."""

    code = "unknown_currency"


class CurrencyMismatchError(BadInputError):
    """Amounts of two currencies met in one calculation."""

    code = "currency_mismatch"


class AmountError(BadInputError):
    """The text or number is not an amount of the currency."""

    code = "bad_amount"


class ScheduleError(BadInputError):
    """The terms, dates or events of a schedule contradict each other."""

    code = "bad_schedule"


class AprError(BadInputError):
    """The flows do not have an annual percentage rate."""

    code = "no_apr"
