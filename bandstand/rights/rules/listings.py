"""
The seller's own words, held against the catalogue's record; they prove nothing and may contradict.

Where the variant is not known there is only the text. Then a person looks at it, and nothing is
sold meanwhile.
"""

from collections.abc import Iterator

from bandstand.rights.rules.facts import BrandNameFact, ListingFacts, RightsFacts
from bandstand.rights.rules.findings import Findings
from bandstand.rights.rules.naming import BrandReading, Reading, plain_name, read_brand
from bandstand.rights.rules.reasons import tell
from bandstand.rights.rules.verdict import RightsReason
from bandstand.rights.rules.words import Outcome, ReasonCode


def listing_findings(facts: RightsFacts) -> Findings:
    """Judge a listing's words and serial numbers against the record of the variant."""
    serials = tuple(
        tell(
            ReasonCode.SERIAL_NOT_OF_VARIANT,
            serial=one.serial,
            other=one.variant_name,
            subject=facts.subject.name,
        )
        for one in sorted(facts.serials, key=lambda one: one.serial)
    )
    if facts.listing is None:
        return Findings(reasons=serials)
    return Findings(reasons=(*_brand_reasons(facts), *_category_reasons(facts), *serials))


def unknown_variant_findings(facts: ListingFacts) -> Findings:
    """Judge a listing whose variant is not known: a person has to find out what it is."""
    listing = facts.listing
    reading = read_brand(listing.brand_text, names=facts.brand_names)
    reasons = list(_reading_reasons(reading, given=listing.brand_text))
    words = (listing.brand_text, listing.model_text, listing.gtin)
    given = " ".join(word for word in words if word)
    reasons.append(tell(ReasonCode.VARIANT_UNKNOWN, given=f"“{given}”" if given else "no words"))
    return Findings(reasons=tuple(reasons))


def _brand_reasons(facts: RightsFacts) -> Iterator[RightsReason]:
    assert facts.listing is not None  # noqa: S101 -- the caller looked
    text = facts.listing.brand_text
    if not text.strip():
        return
    reading = read_brand(text, names=facts.brand_names)
    if reading.reading is Reading.CONFUSABLE:
        yield from _reading_reasons(reading, given=text)
    elif not reading.brand_ids & set(facts.subject.brand_path):
        of_record = facts.name_of(facts.subject.brand_path[0])
        among = f"; by the catalogue it is {of_record}"
        yield tell(ReasonCode.BRAND_AMBIGUOUS, given=text, among=among)


def _category_reasons(facts: RightsFacts) -> Iterator[RightsReason]:
    assert facts.listing is not None  # noqa: S101 -- the caller looked
    text = facts.listing.category_text
    named = [one for one in facts.categories if _names(text, one.slug, one.name)]
    path = set(facts.subject.category_path)
    if not text.strip() or any(one.category_id in path for one in named):
        return
    # Words that name no category at all are for a person to read.
    yield tell(
        ReasonCode.CATEGORY_MISMATCH,
        outcome=Outcome.DENY if named else Outcome.REVIEW,
        given=text,
        subject=facts.subject.name,
        category=facts.name_of(facts.subject.category_path[0]),
    )


def _names(text: str, *names: str) -> bool:
    plain = plain_name(text).removesuffix("s")
    return bool(plain) and plain in {plain_name(name).removesuffix("s") for name in names}


def _reading_reasons(reading: BrandReading, *, given: str) -> Iterator[RightsReason]:
    if reading.reading is Reading.CONFUSABLE:
        yield tell(ReasonCode.BRAND_CONFUSABLE, given=given, brand=_listed(reading.brands))
    if reading.reading is Reading.AMBIGUOUS:
        among = f": {_listed(reading.brands)}" if reading.brands else ""
        yield tell(ReasonCode.BRAND_AMBIGUOUS, given=given, among=among)


def _listed(names: tuple[BrandNameFact, ...]) -> str:
    return " or ".join(sorted({one.brand_name for one in names}))
