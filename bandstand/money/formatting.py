"""Amounts as people read and write them."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.core import UnknownLocaleError
from babel.localedata import locale_identifiers
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern

from bandstand.kernel.errors import near_matches
from bandstand.money.amount import Money
from bandstand.money.currencies import exponent
from bandstand.money.errors import AmountError

MINOR_MAX: Final = 2**63 - 1
"""The largest amount a bigint column can hold."""

_PLAIN_NUMBER: Final = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]+)(?:\.(?P<decimals>[0-9]+))?")


def format_money(amount: Money, locale: str = "en_US") -> str:
    """
    Write an amount as the readers of a locale expect it: ``$1,234.50``, ``1.234,50 €``.

    The decimals are those of ISO 4217, always all of them; the locale gives the signs.
    Raises: AmountError, with near matches, for a locale that CLDR does not know.
    """
    reader = _locale(locale)
    pattern = _pattern(locale, amount.currency)
    written: str = pattern.apply(
        amount.major, reader, currency=amount.currency, currency_digits=False
    )
    return written


def parse_money(text: str, currency: str) -> Money:
    """
    Read a plain amount such as ``999.99``: digits, a point, at most the currency's decimals.

    Separators and currency signs are refused, not guessed: ``1,234`` is a thousand in one
    country and a little over one in another.
    Raises: AmountError if it is no number, negative, too fine or too large; UnknownCurrencyError.
    """
    decimals_max = exponent(currency)
    found = _PLAIN_NUMBER.fullmatch(text.strip())
    if found is None:
        raise _refused(text, currency=currency, why="is not a plain number")
    decimals = found["decimals"] or ""
    if len(decimals) > decimals_max and decimals[decimals_max:].strip("0"):
        raise _refused(
            text,
            currency=currency,
            why=f"has more decimals than {currency} ({decimals_max})",
        )
    minor = int(found["whole"] + decimals[:decimals_max].ljust(decimals_max, "0"))
    if found["sign"] == "-" and minor:
        raise _refused(text, currency=currency, why="is negative")
    if minor > MINOR_MAX:
        raise _refused(text, currency=currency, why="is larger than any amount kept here")
    return Money(minor, currency)


def _refused(text: str, *, currency: str, why: str) -> AmountError:
    example = Decimal("1234.567").quantize(Decimal(1).scaleb(-exponent(currency)))
    return AmountError(
        f"{text!r} {why}; write an amount such as {example}.", text=text, currency=currency
    )


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as refused:
        near = near_matches(name, locale_identifiers())
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise AmountError(
            f"{name!r} is not a locale; write one such as en_US.{hint}", locale=name, near=near
        ) from refused


@lru_cache(maxsize=64)
def _pattern(name: str, currency: str) -> NumberPattern:
    reader = _locale(name)
    written = reader.currency_formats["standard"].pattern
    if get_currency_symbol(currency, locale=reader)[-1].isalpha():
        # A code must not run into the digits: "KWD 1.250", as CLDR's alphaNextToNumber asks.
        written = re.sub(r"¤(?=[#0])", "¤\N{NO-BREAK SPACE}", written)
    pattern = parse_pattern(written)
    # CLDR rounds some currencies (IDR, COP, IQD) to whole units on the page. A charge must be
    # shown to the minor unit it is charged in.
    decimals = exponent(currency)
    pattern.frac_prec = (decimals, decimals)
    return pattern
