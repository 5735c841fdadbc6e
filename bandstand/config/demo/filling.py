"""Fills an empty database with the demo shop, through the same services as any shop."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from bandstand.catalogue import queries as catalogue, services as catalogue_services
from bandstand.config.demo.custody import custody_is_recorded
from bandstand.config.demo.identities import identities_are_stated, letter_waits
from bandstand.config.demo.imeis import test_imei
from bandstand.config.demo.paid_sellers import sellers_are_paid
from bandstand.config.demo.people import BRAND_DESKS, OPERATOR, people_arrive
from bandstand.config.demo.promotions import promotions_run
from bandstand.config.demo.published import list_is_read
from bandstand.config.demo.rights_world import (
    ACTOR,
    BEGAN,
    MARKET,
    approvals_are_recorded,
    rights_are_recorded,
)
from bandstand.config.demo.trade_in import phones_are_taken
from bandstand.credit import services as credit
from bandstand.credit.rules.eligibility import EligibilityPolicy
from bandstand.credit.services.eligibility_policies import set_eligibility_policy
from bandstand.money import Money, parse_money
from bandstand.offers import services as offers
from bandstand.offers.rules import UnitArrival
from bandstand.parties import queries as parties
from bandstand.parties.queries import PartyNotFoundError
from bandstand.payouts.services import set_payout_policy
from bandstand.tax import queries as tax_queries, services as tax
from bandstand.tax.rules import EngineName

OFFERS: Final = Path(__file__).with_name("offers.csv")
NETWORKS: Final = ("310-260",)
CURRENCY: Final = "USD"
TERMS: Final = (  # months, yearly rate and down payment in hundredths of a percent, from price
    (12, 0, 0, "49.00"),
    (24, 0, 0, "99.00"),
    (36, 999, 1000, "299.00"),
)
NOT_PHONES: Final = {  # model → category; their facts are the demo's own, so they claim no bands
    "Mi Band 9": "wearable",
    "Redmi Buds 6": "audio",
}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One line of offers.csv."""

    seller: str
    brand: str
    model: str
    code: str
    condition: str
    storage_gb: int | None
    colour: str
    colour_hex: str
    price: Money
    units: int

    @property
    def name(self) -> str:
        return f"{self.brand}/{self.model}"


def is_filled() -> bool:
    """Say whether the demo shop is in this database."""
    try:
        parties.party_by_slug(OPERATOR)
    except PartyNotFoundError:
        return False
    return True


def fill(*, now: datetime, say: Say) -> None:
    """Load the facts and set up the demo shop; a second run adds nothing."""
    report = catalogue_services.load_tables(now=now)
    say(f"  facts: {report.added} added, {report.changed} changed, {len(report.refused)} refused")
    keys = people_arrive(now=now)
    for brand, desk in BRAND_DESKS.items():
        catalogue_services.set_brand_owner(brand_slug=brand, party_id=keys[desk])
    catalogue_services.set_operator_networks(codes=list(NETWORKS), now=now)
    rows = list(shelf_rows())
    variants = {row: _variant(row) for row in rows}
    catalogue_services.recompute_fits(now=now)
    rights_are_recorded(parties=keys, now=now)
    list_is_read(keys=keys, actor=ACTOR, now=now)
    approvals_are_recorded(((row.name, key) for row, key in variants.items()), now=now)
    _terms_are_offered()
    promotions_run(market=MARKET, actor=ACTOR, from_at=BEGAN, now=now)
    _credit_is_limited(now=now)
    _tax_is_estimated(now=now)
    _seller_terms_are_agreed(now=now)
    sellers_are_paid(keys=keys, currency=CURRENCY, actor=ACTOR, now=now)
    phones_are_taken(market=MARKET, actor=ACTOR, from_at=BEGAN, now=now)
    listed = _shelves_are_filled(rows, variants=variants, parties=keys, now=now)
    custody_is_recorded(parties=keys, now=now)
    identities_are_stated(keys=keys, now=now)
    letter_waits(keys=keys, now=now)
    say(f"  shelf: {listed} of {len(rows)} offers on sale; the console says why the others are not")


def shelf_rows() -> Iterator[ShelfRow]:
    """Read the demo's offers."""
    with OFFERS.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            yield ShelfRow(
                seller=row["seller"],
                brand=row["brand"],
                model=row["model"],
                code=row["code"],
                condition=row["condition"],
                storage_gb=int(row["storage_gb"]) if row["storage_gb"] else None,
                colour=row["colour"],
                colour_hex=row["colour_hex"],
                price=parse_money(row["price"], CURRENCY),
                units=int(row["units"]),
            )


def _variant(row: ShelfRow) -> UUID:
    if row.model in NOT_PHONES:
        return catalogue_services.find_or_add_model(
            brand_slug=row.brand.lower(),
            category_slug=NOT_PHONES[row.model],
            name=row.model,
            code=row.code,
            is_radio=True,
        )
    if row.code:
        return catalogue.variant_by_code(f"{row.brand}/{row.code}").id
    return catalogue.variants_of(row.brand, row.model)[0].id


def _terms_are_offered() -> None:
    for months, rate, down, price_from in TERMS:
        credit.offer_terms(
            market=MARKET,
            months=months,
            annual_rate_bps=rate,
            down_payment_bps=down,
            price_minimum=parse_money(price_from, CURRENCY),
            from_at=BEGAN,
        )


def _credit_is_limited(*, now: datetime) -> None:
    policy = EligibilityPolicy(
        market=MARKET,
        currency=CURRENCY,
        from_at=BEGAN,
        source="Demo credit policy",
        financed_max_minor=parse_money("2000.00", CURRENCY).minor,
        open_plans_max=4,
        late_days_max=5,
        charged_off_days=730,
        applications_max=12,
        applications_days=1,
        financed_min_minor=parse_money("40.00", CURRENCY).minor,
        answer_hours=48,
    )
    set_eligibility_policy(policy=policy, actor=ACTOR, now=now)


def _tax_is_estimated(*, now: datetime) -> None:
    """Tax sales by the estimates that come with the shop, unless somebody has set a policy."""
    if tax_queries.policy_in(MARKET, now=now) is None:
        tax.set_tax_policy(
            market=MARKET,
            engine=EngineName.EMBEDDED,
            source="Demo: estimates of state rates, without registration anywhere",
            from_at=now,
            actor=ACTOR,
            now=now,
        )


def _seller_terms_are_agreed(*, now: datetime) -> None:
    set_payout_policy(
        market=MARKET,
        wait_days=14,
        reserve_bps=1_000,
        reserve_days=30,
        minimum=parse_money("10.00", CURRENCY),
        source="Demo seller agreement, section 4",
        from_at=BEGAN,
        actor=ACTOR,
        now=now,
    )


def _shelves_are_filled(
    rows: list[ShelfRow],
    *,
    variants: dict[ShelfRow, UUID],
    parties: dict[str, UUID],
    now: datetime,
) -> int:
    numbers = iter(range(1_000_000))
    listed = 0
    for position, row in enumerate(rows):
        offer_id = offers.draft_offer(
            seller_id=parties[row.seller],
            variant_id=variants[row],
            market=MARKET,
            condition=row.condition,
            storage_gb=row.storage_gb,
            colour=row.colour,
            colour_hex=row.colour_hex,
            price=row.price,
            warranty_months=24 if row.condition == "new" else 12,
            now=now - timedelta(minutes=len(rows) - position),
        )
        offers.receive_units(offer_id=offer_id, units=_arrivals(row, numbers=numbers), now=now)
        decision = offers.publish(offer_id=offer_id, actor=ACTOR, now=now)
        listed += decision.result == "allow"
    return listed


def _arrivals(row: ShelfRow, *, numbers: Iterator[int]) -> list[UnitArrival]:
    taken = [next(numbers) for _ in range(row.units)]
    return [
        UnitArrival(
            imei="" if row.model in NOT_PHONES else test_imei(number),
            serial=f"DEMO{number:06d}",
            lot="demo-1",
        )
        for number in taken
    ]
