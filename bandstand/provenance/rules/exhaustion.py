"""
Where a first sale must have been for a mark's owner to have no more say over it.

Sources: Regulation (EU) 2017/1001, article 15, with Annex XVII of the EEA Agreement (members: the
Union and Iceland, Liechtenstein, Norway); Intellectual Property (Exhaustion of Rights) (EU Exit)
Regulations 2019 (SI 2019/265) for the United Kingdom, in force since 2020-12-31. From general
knowledge of the texts; not re-read. Effective for sales since 2020-12-31.
"""

from dataclasses import dataclass
from typing import Final

EEA: Final = frozenset(
    {
        "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IS",
        "IT", "LV", "LI", "LT", "LU", "MT", "NL", "NO", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """The countries that count as one for a first sale, and what they are called."""

    name: str
    countries: frozenset[str]


EEA_REGION: Final = Region("the European Economic Area", EEA)
UK_REGION: Final = Region("the United Kingdom and the European Economic Area", EEA | {"GB"})
NO_REGION: Final = Region("", frozenset())


def region_for(members: tuple[str, ...]) -> Region:
    """Return the region that counts for a market by its countries; none where no such rule is."""
    if members and set(members) <= EEA:
        return EEA_REGION
    return UK_REGION if set(members) == {"GB"} else NO_REGION
