"""
The facts of a decision, in one round trip: the database answers in the words of the pure facts.

Near misses are read only when no grant covers the sale.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from bandstand.catalogue.models import Market
from bandstand.kernel.errors import NotFoundError, near_matches
from bandstand.parties.models import Party
from bandstand.rights.models import VariantGtin
from bandstand.rights.queries.lists import list_faults
from bandstand.rights.rules import (
    ApprovalFact,
    BrandNameFact,
    CategoryNameFact,
    CertificationFact,
    Condition,
    CustodyFact,
    DifferenceFact,
    GrantFact,
    LabelFact,
    LeftOutFact,
    ListFaultFact,
    ListingFact,
    ListingFacts,
    MarketFact,
    PolicyFact,
    ProtectionFact,
    ReasonCode,
    RightsFacts,
    SellerFact,
    SerialFact,
    StatementFact,
    SubjectFact,
    needs_near_misses,
)
from bandstand.rights.rules.frozen import thaw

SUBJECT_SQL: Final = """
select v.model_id, b.name || ' ' || m.name || ' (' || v.code || ')', v.is_radio,
       rights_brand_path(m.brand_id), k.ids, k.slugs
  from catalogue_variant v
  join catalogue_devicemodel m on m.id = v.model_id
  join catalogue_brand b on b.id = m.brand_id
 cross join lateral rights_category_path(m.category_id) k
 where v.id = %s"""
FACTS_SQL: Final = "select rights_facts(%s, %s, %s, %s, %s)::text"
NEAR_SQL: Final = "select rights_near_misses(%s, %s, %s, %s, %s, %s, %s, %s)::text"
LISTING_SQL: Final = "select rights_listing_facts(%s, %s, %s)::text"
SERIALS_SQL: Final = "select rights_serials_json(%s, %s, %s)::text"
ONE_BY_ONE: Final = 64
"""Up to so many near misses are read one by one; of more, one of each kind."""
GTIN_DIGITS: Final = 14


@dataclass(frozen=True, slots=True)
class RecordedFacts:
    """What the database says of a question, in one reading."""

    seller: SellerFact
    subject: SubjectFact
    market: MarketFact
    statements: tuple[StatementFact, ...]
    grants: tuple[GrantFact, ...]
    approvals: tuple[ApprovalFact, ...]
    policies: tuple[PolicyFact, ...]
    names: Mapping[UUID, str]
    differences: tuple[DifferenceFact, ...]
    protections: tuple[ProtectionFact, ...]
    labels: tuple[LabelFact, ...]
    certifications: tuple[CertificationFact, ...]


@dataclass(frozen=True, slots=True)
class NearMisses:
    """The seller's grants that do not cover a sale, with every grant above them."""

    grants: tuple[GrantFact, ...]
    names: Mapping[UUID, str]
    left_out: LeftOutFact | None


@dataclass(frozen=True, slots=True)
class ListingWords:
    """What a listing's words are held against."""

    serials: tuple[SerialFact, ...] = ()
    brand_names: tuple[BrandNameFact, ...] = ()
    categories: tuple[CategoryNameFact, ...] = ()


def facts_for(  # noqa: PLR0913 -- a question has these parts
    *,
    seller_id: UUID,
    variant_id: UUID,
    market: str,
    condition: str,
    at: datetime,
    stocked_at: datetime | None = None,
    sold_at: datetime | None = None,
    lot: str = "",
    serials: Iterable[str] = (),
    custody: CustodyFact | None = None,
    listing: ListingFact | None = None,
) -> RightsFacts:
    """
    Fetch everything that a rights decision at an instant rests on.

    Raises: NotFoundError if the seller, the variant or the market is not known.
    """
    read = _read(FACTS_SQL, seller_id, variant_id, market, Condition(condition).value, at)
    _check_known(read, seller_id=seller_id, variant_id=variant_id, market=market)
    asked: dict[str, Any] = {
        "at": at,
        "condition": Condition(condition),
        "stocked_at": stocked_at,
        "sold_at": sold_at,
        "lot": lot,
        "custody": custody,
        "listing": listing,
        **_listing_parts(variant_id, serials=serials, listing=listing),
    }
    facts = _facts(read, asked)
    return _with_near_misses(facts) if needs_near_misses(facts) else facts


def listing_facts_for(
    *,
    seller_id: UUID,
    market: str,
    condition: str,
    listing: ListingFact,
    at: datetime,
) -> ListingFacts:
    """
    Fetch what there is to judge of a listing whose variant is not known.

    Raises: NotFoundError if the seller or the market is not known.
    """
    read = _read(LISTING_SQL, None, list(listing.serials), listing.gtin)
    return ListingFacts(
        at=at,
        seller=seller_fact(seller_id),
        market=market_fact(market),
        condition=Condition(condition),
        listing=listing,
        brand_names=thaw(ListingWords, read).brand_names,
    )


def variant_by_gtin(gtin: str) -> UUID | None:
    """Return the variant that a product number names, in whatever length it is written."""
    digits = gtin.strip()
    if not digits.isdecimal() or len(digits) > GTIN_DIGITS:
        return None
    found = VariantGtin.objects.filter(gtin=digits.zfill(GTIN_DIGITS))
    return found.values_list("variant_id", flat=True).first()


def subject_of(variant_id: UUID) -> SubjectFact:
    """
    Return what a variant is, by the catalogue's record.

    Raises: NotFoundError if there is no such variant.
    """
    with connection.cursor() as cursor:
        cursor.execute(SUBJECT_SQL, [variant_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError(f"There is no variant {variant_id}.", variant_id=str(variant_id))
    model_id, name, is_radio, brands, categories, kinds = row
    return SubjectFact(
        id=variant_id,
        name=_plain_name(name),
        model_id=model_id,
        brand_path=tuple(brands),
        category_path=tuple(categories),
        is_radio=is_radio,
        kinds=tuple(kinds),
    )


def market_fact(code: str) -> MarketFact:
    """
    Return a market by its code.

    Raises: NotFoundError naming near matches.
    """
    row = Market.objects.filter(pk=code).values_list("name", "regimes").first()
    if row is None:
        known = list(Market.objects.order_by("code").values_list("code", flat=True))
        near = near_matches(code, known) or known
        raise NotFoundError(f"There is no market “{code}”. Known: {', '.join(near)}.", near=near)
    return MarketFact(code, row[0], tuple(row[1]))


def seller_fact(seller_id: UUID) -> SellerFact:
    """
    Return who sells.

    Raises: NotFoundError.
    """
    row = (
        Party.objects.filter(pk=seller_id)
        .values_list("trading_name", "verified_at", "suspended_at")
        .first()
    )
    if row is None:
        raise NotFoundError(f"There is no seller {seller_id}.", seller_id=str(seller_id))
    return SellerFact(seller_id, *row)


def _read(sql: str, *parts: Any) -> dict[str, Any]:  # noqa: ANN401 -- values of many columns
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parts))
        (text,) = cursor.fetchone()
    found: dict[str, Any] = json.loads(text)
    return found


def _check_known(
    read: Mapping[str, Any], *, seller_id: UUID, variant_id: UUID, market: str
) -> None:
    if read["subject"] is None:
        subject_of(variant_id)
    if read["market"] is None:
        market_fact(market)
    if read["seller"] is None:
        seller_fact(seller_id)


def _facts(read: Mapping[str, Any], asked: Mapping[str, Any]) -> RightsFacts:
    words = {**read, **read["evidence"], "subject": _named_plainly(read["subject"])}
    found = thaw(RecordedFacts, words)
    parts = {part.name: getattr(found, part.name) for part in fields(found)}
    return RightsFacts(**parts, **asked)


def _named_plainly(subject: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**subject, "name": _plain_name(subject["name"])}


def _plain_name(name: str) -> str:
    """Return a name without a brand said twice, and without the brackets of a code it lacks."""
    words = name.removesuffix(" ()").split(" ")
    for size in range(len(words) // 2, 0, -1):
        if [one.casefold() for one in words[:size]] == [
            one.casefold() for one in words[size : 2 * size]
        ]:
            return " ".join(words[size:])
    return " ".join(words)


def _listing_parts(
    variant_id: UUID, *, serials: Iterable[str], listing: ListingFact | None
) -> dict[str, Any]:
    numbers = [*serials, *(listing.serials if listing else ())]
    gtin = listing.gtin.strip().zfill(GTIN_DIGITS) if listing and listing.gtin.strip() else ""
    if listing is None:
        read = {"serials": _serials(variant_id, numbers)} if numbers else {}
    else:
        read = _read(LISTING_SQL, variant_id, numbers, gtin)
    words = thaw(ListingWords, read)
    return {
        "serials": words.serials,
        "brand_names": words.brand_names,
        "categories": words.categories,
    }


def _serials(variant_id: UUID, numbers: list[str]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(SERIALS_SQL, [variant_id, numbers, ""])
        (text,) = cursor.fetchone()
    found: list[dict[str, Any]] = json.loads(text)
    return found


def _with_near_misses(facts: RightsFacts) -> RightsFacts:
    subject = facts.subject
    read = _read(
        NEAR_SQL,
        facts.seller.id,
        subject.brand_path[0],
        subject.model_id,
        list(subject.category_path),
        facts.market.code,
        facts.condition.value,
        facts.at,
        ONE_BY_ONE,
    )
    near = thaw(NearMisses, read)
    known = {one.id: one for one in (*facts.grants, *near.grants)}
    return replace(
        facts,
        grants=tuple(known.values()),
        names={**facts.names, **near.names},
        left_out=near.left_out,
        list_faults=tuple(
            ListFaultFact(ReasonCode(one.code), one.text, one.cure)
            for one in list_faults(brand_ids=subject.brand_path, seller_id=facts.seller.id)
        ),
    )
