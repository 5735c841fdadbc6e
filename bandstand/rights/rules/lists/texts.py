"""What is wrong with a brand's list, in plain words, and what would mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bandstand.rights.rules.lists.words import ListFaultCode

_SAME_DOMAIN: Final = "serves the list, and every redirect on the way to it, from {domain} itself"

CURES: Final[Mapping[ListFaultCode, str]] = MappingProxyType(
    {
        ListFaultCode.LIST_DOMAIN_NOT_BRAND: (
            "{brand} shows that {domain} is its own and publishes a list that names this domain."
        ),
        ListFaultCode.LIST_CROSS_DOMAIN_REDIRECT: "{brand} " + _SAME_DOMAIN + ".",
        ListFaultCode.LIST_NOT_HTTPS: "{brand} serves the list over HTTPS, without a step in HTTP.",
        ListFaultCode.LIST_ROLLBACK: (
            "{brand} publishes its present list with a higher sequence number than any before."
        ),
        ListFaultCode.LIST_MALFORMED: "{brand} mends the list; the validator names every error.",
        ListFaultCode.LIST_UNREACHABLE: "{brand} makes the list answer again.",
        ListFaultCode.LIST_SELLER_UNPROVEN: (
            "The seller shows that the domain the list names is its own."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class ListFault:
    """A fault of a brand's list as a decision tells it."""

    code: str
    text: str
    cure: str
    at: datetime


def cure_of(code: ListFaultCode, *, brand: str, domain: str) -> str:
    """Return what would mend a fault."""
    return CURES[code].format(brand=brand, domain=domain)
