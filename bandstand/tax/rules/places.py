"""
Where a sale is taxed: the place of delivery, as jurisdictions from the smallest to the widest.

A jurisdiction is written ``DE``, ``US-CA`` or, for one postal code, ``US-CA:94103``.

Source: ISO 3166-1 alpha-2 and ISO 3166-2 codes; destination as the place of taxation: Directive
2006/112/EC, Article 33 (distance sales), and the destination sourcing of remote US sales; from
general knowledge, 2026-11-22.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bandstand.tax.rules.words import TaxRateError

_AREA: Final = re.compile(r"[A-Z0-9]{1,3}")
_JURISDICTION: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?(:[A-Z0-9]{3,10})?")
_TAXED_BY_AREA: Final = frozenset({"US", "CA"})
_ZIP_DIGITS: Final = 5
_ZIP_PLUS_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is delivered."""

    country: str
    area: str = ""
    postal_code: str = ""
    plus_four: str = ""
    """The last four digits of a US ZIP+4, if they were given."""
    city: str = ""
    street: str = ""

    @property
    def is_enough(self) -> bool:
        """Say whether this tells which authority taxes the sale."""
        return bool(self.country) and (self.country not in _TAXED_BY_AREA or bool(self.area))


@dataclass(frozen=True, slots=True)
class SpecialPlace:
    """Postal codes of a country where its standard rate does not apply."""

    country: str
    postal_from: str
    postal_to: str
    name: str
    source: str

    def holds(self, place: Place) -> bool:
        """Say whether a place lies within."""
        size = len(self.postal_from)
        return (
            place.country == self.country
            and len(place.postal_code) >= size
            and self.postal_from <= place.postal_code[:size] <= self.postal_to
        )


def place_of(address: Mapping[str, object]) -> Place:
    """Return the place of an address, as the checkout form writes it."""
    country = str(address.get("country_code", "")).strip().upper()
    area = str(address.get("country_area", "")).strip().upper()
    return Place(
        country=country,
        area=area if _AREA.fullmatch(area) else "",
        postal_code=_postal(str(address.get("postal_code", "")), country=country),
        plus_four=_plus_four(str(address.get("postal_code", "")), country=country),
        city=str(address.get("city", "")).strip(),
        street=str(address.get("street_address", "")).strip(),
    )


def jurisdictions(place: Place) -> tuple[str, ...]:
    """Return every jurisdiction a place lies in, the smallest first."""
    wholes = [f"{place.country}-{place.area}"] if place.area else []
    if not place.area or place.country not in _TAXED_BY_AREA:
        wholes.append(place.country)
    found: list[str] = []
    for whole in wholes:
        if place.postal_code:
            found.append(f"{whole}:{place.postal_code}")
        found.append(whole)
    return tuple(found)


def authority_of(jurisdiction: str) -> str:
    """Return to whom the tax of a jurisdiction is owed: a postal code's goes to its state."""
    return jurisdiction.partition(":")[0]


def checked_jurisdiction(text: str) -> str:
    """
    Return a jurisdiction as it is kept.

    Raises: TaxRateError showing how one is written.
    """
    whole, colon, postal = text.strip().upper().partition(":")
    written = f"{whole}{colon}{_postal(postal, country=whole[:2])}"
    if not _JURISDICTION.fullmatch(written):
        raise TaxRateError(
            f"“{text[:40]}” is not a jurisdiction. Write DE, US-CA, or US-CA:94103 for one postal"
            " code.",
            given=text[:40],
        )
    return written


def special_place(place: Place, known: Iterable[SpecialPlace]) -> SpecialPlace | None:
    """Return the place with rules of its own that a place lies in, if any."""
    return next((one for one in known if one.holds(place)), None)


def _plus_four(text: str, *, country: str) -> str:
    plain = re.sub(r"[^0-9]", "", text)
    return plain[_ZIP_DIGITS:] if country == "US" and len(plain) == _ZIP_PLUS_DIGITS else ""


def _postal(text: str, *, country: str) -> str:
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    return plain[:_ZIP_DIGITS] if country == "US" else plain
