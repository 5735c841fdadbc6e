"""
What shoppers are told of a seller, and what they are not.

The Union wants name, address, telephone, e-mail, register and self-certification at the listing.
The United States want name, physical address and a means of contact of a seller with 20,000 dollars
a year, and who supplies if another does; a home is excepted there, down to the country.

Source: Regulation (EU) 2022/2065 Article 30(7) with (1)(a), (d), (e); 15 U.S.C. 45f(b)(1)(B) and
(b)(2)(A).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bandstand.parties.rules.identity import FieldFact, FieldStanding
from bandstand.parties.rules.identity_specs import SPECS, IdentityName

SHOWN = (
    IdentityName.LEGAL_NAME,
    IdentityName.ADDRESS,
    IdentityName.EMAIL,
    IdentityName.PHONE,
    IdentityName.REGISTER,
    IdentityName.SUPPLIER,
    IdentityName.SELF_CERTIFICATION,
)


@dataclass(frozen=True, slots=True)
class PublicFact:
    """One thing that shoppers are told of a seller."""

    label: str
    text: str
    is_verified: bool


def told_to_shoppers(
    facts: Mapping[IdentityName, FieldFact], *, at: datetime, hides_homes: bool
) -> tuple[PublicFact, ...]:
    """
    Return what shoppers are told of a seller, in the order of the law.

    ``hides_homes`` is the exception of the United States: of a home, only the country is told. A
    statement that was refused is not told at all.
    """
    is_home = facts[IdentityName.ADDRESS_USE].shown == "residential" if _has_use(facts) else False
    told = []
    for name in SHOWN:
        fact = facts.get(name)
        if fact is None or fact.standing_at(at) is FieldStanding.REFUSED:
            continue
        text = dict(SPECS[name].choices).get(fact.shown, fact.shown)
        if name is IdentityName.ADDRESS and is_home and hides_homes:
            text = f"{text.rpartition(',')[2].strip()} (a home; the rest is not told)"
        told.append(
            PublicFact(SPECS[name].label, text, fact.standing_at(at) is FieldStanding.VERIFIED)
        )
    return tuple(told)


def _has_use(facts: Mapping[IdentityName, FieldFact]) -> bool:
    return IdentityName.ADDRESS_USE in facts
