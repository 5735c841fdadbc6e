"""
What laws ask of a sale, as a table: where, of what goods, since when, and where it is written.

The marketplace's own policy is in the database, because it is the operator's to change; these rows
are not. A row is never edited for a change of the law: it ends, and another begins.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from bandstand.rights.rules.facts import MarketFact, SubjectFact
from bandstand.rights.rules.words import ApprovalScheme


@dataclass(frozen=True, slots=True)
class Requirement:
    """
    One duty. ``regime`` is the market's regime it belongs to; empty ``kinds`` means all goods.

    ``read_on`` is when the text of the law was read; none where it is from general knowledge and
    must be checked before a shop relies on it.

    Shape: ``kinds`` are slugs of categories.
    """

    name: str
    regime: str
    from_at: datetime
    source: str
    kinds: frozenset[str] = frozenset()
    market: str = ""
    until_at: datetime | None = None
    read_on: date | None = None

    def rules(self, subject: SubjectFact, *, market: MarketFact, at: datetime) -> bool:
        """Say whether the duty applies to goods in a market at an instant."""
        is_here = self.regime in market.regimes if self.regime else self.market == market.code
        is_kind = not self.kinds or not self.kinds.isdisjoint(subject.kinds)
        is_now = self.from_at <= at and (self.until_at is None or at < self.until_at)
        return is_here and is_kind and is_now


EPREL: Final = Requirement(
    "eprel",
    "red",
    datetime(2025, 6, 20, tzinfo=UTC),
    "Delegated Regulation (EU) 2023/1669, Article 3 and Annex VI (applies from 20 June 2025); "
    "Regulation (EU) 2017/1369, Articles 1(2)(a), 4 and 5",
    frozenset({"phone", "tablet"}),
)
"""
A smartphone or slate tablet placed on the market from that day is registered in EPREL with its
energy label. Second-hand goods are outside the framework regulation.
"""
RESPONSIBLE_PERSON: Final = Requirement(
    "responsible person",
    "red",
    datetime(2021, 7, 16, tzinfo=UTC),
    "Regulation (EU) 2019/1020, Article 4",
)
COVERED_LIST: Final = Requirement(
    "covered list",
    "fcc",
    datetime(2026, 3, 23, tzinfo=UTC),
    "FCC Covered List, entry of 23 March 2026 on foreign-made consumer routers, as clarified in "
    "April 2026 for hotspots and 5G customer equipment; 47 CFR 2.903",
    frozenset({"hotspot", "router"}),
)
"""
New models of foreign-made routers and hotspots get no authorisation from that day; models
authorised before stay legal.
"""
LEVER_LABEL: Final = Requirement(
    "label of goods that differ",
    "",
    datetime(1999, 3, 26, tzinfo=UTC),
    "19 CFR 133.23(a)(3) and (b), 64 FR 9058",
    market="US",
)
REQUIREMENTS: Final = (EPREL, RESPONSIBLE_PERSON, COVERED_LIST, LEVER_LABEL)

SCHEMES: Final = {
    "fcc": frozenset({ApprovalScheme.FCC}),
    "red": frozenset({ApprovalScheme.RED}),
    "ukca": frozenset({ApprovalScheme.UKCA, ApprovalScheme.RED}),
}
"""
Which approvals a regime takes. Great Britain goes on recognising the CE mark of radio equipment.

Source: 47 CFR 2.803; Directive 2014/53/EU, Article 6; The Product Safety and Metrology etc.
(Amendment) Regulations 2024, SI 2024/696, from general knowledge, 2026-11-22; not re-read.
"""


def schemes_of(market: MarketFact) -> frozenset[ApprovalScheme]:
    """Return the approvals that count in a market; all of them where no known regime rules."""
    found = [SCHEMES[regime] for regime in market.regimes if regime in SCHEMES]
    return frozenset().union(*found) if found else frozenset(ApprovalScheme)
