"""Words of published lists: what a list says, what can be wrong with it, and its limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bandstand.rights.rules.words import ChannelStatus, Condition

BYTES_MAX: Final = 1024 * 1024
DEPTH_MAX: Final = 16
SELLERS_MAX: Final = 50_000
STATEMENTS_MAX: Final = 1_000
NAMES_MAX: Final = 500
"""How many brands, countries, categories or models one entry may name."""
TEXT_MAX: Final = 300
SEQUENCE_MAX: Final = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""
PROBLEMS_MAX: Final = 100
"""A list with more wrong than this is told the first hundred things."""
DELEGATE_DEPTH_MAX: Final = 8
ISSUED_SKEW: Final = timedelta(minutes=5)
"""How far the publisher's clock may run ahead of ours."""
OPEN_ENDED: Final = timedelta(days=3650)
"""How far ahead an entry without an end is recorded; it stands only while the list names it."""
DOMAIN_LOST_AFTER: Final = timedelta(days=7)
"""How long a domain may fail its check before the brand no longer speaks through it."""
WELL_KNOWN_LIST: Final = "/.well-known/authorised-sellers.json"
WELL_KNOWN_CHALLENGE: Final = "/.well-known/bandstand-brand.txt"
EVERY: Final = "*"
SPEC_VERSION: Final = "1.0"


class DomainMethod(StrEnum):
    """How it was shown that a domain is a brand's own."""

    DNS_TXT = "dns_txt"
    FILE = "file"
    STAFF = "staff"


class DomainState(StrEnum):
    """Where a domain stands."""

    ASKED = "asked"
    IN_REVIEW = "in_review"
    """It looks like another's name; a person decides."""
    VERIFIED = "verified"
    FAILING = "failing"
    """Verified once, and the last check found no proof."""
    LOST = "lost"
    REFUSED = "refused"


class ListFaultCode(StrEnum):
    """Why what was fetched is not believed."""

    LIST_DOMAIN_NOT_BRAND = "LIST_DOMAIN_NOT_BRAND"
    LIST_CROSS_DOMAIN_REDIRECT = "LIST_CROSS_DOMAIN_REDIRECT"
    LIST_NOT_HTTPS = "LIST_NOT_HTTPS"
    LIST_ROLLBACK = "LIST_ROLLBACK"
    LIST_MALFORMED = "LIST_MALFORMED"
    LIST_UNREACHABLE = "LIST_UNREACHABLE"
    LIST_SELLER_UNPROVEN = "LIST_SELLER_UNPROVEN"
    """The list names a domain that nobody here has shown to be theirs."""


class RevokeReason(StrEnum):
    """Why a brand took a seller off its list. Source: AdCP adagents.json, revoked_* entries."""

    RELATIONSHIP_ENDED = "relationship_ended"
    COMPLIANCE_VIOLATION = "compliance_violation"
    SELLER_REQUEST = "seller_request"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ListProblem:
    """One thing wrong with a document, where it is, and whether it spoils the whole."""

    path: str
    text: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSeller:
    """
    One entry: whom the brand authorises, and to what.

    Empty ``brands`` means the brand whose domain this is; empty ``models`` means every model.
    """

    key: str
    name: str = ""
    brands: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = (Condition.NEW,)
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    sell_off_until: datetime | None = None
    delegate_depth: int = 0
    path: str = ""
    """Where in the document it stands."""

    def as_json(self) -> dict[str, object]:
        """Return what the entry permits, so that two copies of it compare alike."""
        return {
            "key": self.key,
            "brands": sorted(self.brands),
            "categories": sorted(self.categories),
            "countries": sorted(self.countries),
            "models": sorted(self.models),
            "conditions": sorted(one.value for one in self.conditions),
            "valid_from": _text(self.valid_from),
            "valid_until": _text(self.valid_until),
            "sell_off_until": _text(self.sell_off_until),
            "delegate_depth": self.delegate_depth,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRevocation:
    """That the brand took its word back for a seller, and when."""

    key: str
    revoked_at: datetime
    reason: RevokeReason
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStatement:
    """What the brand says of its channels in countries."""

    status: ChannelStatus
    countries: tuple[str, ...]
    brands: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    include_sub_brands: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisedList:
    """A whole published list that parses."""

    version: str
    sequence: int
    issued_at: datetime
    domain: str
    brands: tuple[str, ...] = ()
    sellers: tuple[ListedSeller, ...] = ()
    revoked: tuple[ListedRevocation, ...] = ()
    statements: tuple[ListedStatement, ...] = ()
    contact: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadList:
    """What reading a document found: the list, unless a problem spoils it, and every problem."""

    document: AuthorisedList | None
    problems: tuple[ListProblem, ...] = ()

    @property
    def errors(self) -> tuple[ListProblem, ...]:
        return tuple(one for one in self.problems if not one.is_warning)

    @property
    def warnings(self) -> tuple[ListProblem, ...]:
        return tuple(one for one in self.problems if one.is_warning)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
