"""
The currencies of the world and how many decimals each has.

Source: ISO 4217:2015, list one, as amended (XCG for ANG in 2025, ZWG for ZWL in 2024, BGN left on
2026-01-01). Funds codes and precious metals are left out: nobody sells phones in them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import near_matches
from bandstand.money.errors import UnknownCurrencyError

_NO_DECIMALS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS: Final = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DECIMALS: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
    QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""

EXPONENTS: Final[Mapping[str, int]] = MappingProxyType(
    dict.fromkeys(_NO_DECIMALS.split(), 0)
    | dict.fromkeys(_TWO_DECIMALS.split(), 2)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
)


def exponent(currency: str) -> int:
    """
    Return how many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD.

    Raises: UnknownCurrencyError, with near matches, for a code outside ISO 4217.
    Source: ISO 4217:2015, list one, column "minor unit".
    """
    found = EXPONENTS.get(currency)
    if found is None:
        raise _unknown(currency)
    return found


def minor_per_major(currency: str) -> int:
    """
    Return how many minor units make one unit of the currency: 100 for USD, 1 for JPY.

    Raises: UnknownCurrencyError.
    """
    return int(10 ** exponent(currency))


def _unknown(currency: object) -> UnknownCurrencyError:
    near = near_matches(currency, sorted(EXPONENTS)) if isinstance(currency, str) else []
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    return UnknownCurrencyError(
        f"{currency!r} is not an ISO 4217 currency code; write three capital letters, such as USD."
        + hint,
        currency=currency,
        near=near,
    )
