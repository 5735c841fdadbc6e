"""Who a seller is, as shoppers are told."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from bandstand.kernel.errors import NotFoundError
from bandstand.offers import queries as offers
from bandstand.parties import queries as parties
from bandstand.parties.queries.identity import identity_of
from bandstand.parties.rules import Role
from bandstand.parties.rules.disclosure import PublicFact, told_to_shoppers
from bandstand.parties.rules.identity import Regime
from bandstand.parties.rules.inform import applies_in, policy_of
from bandstand.storefront.shop import Shop


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerPage:
    """What shoppers are told of a seller."""

    name: str
    country: str
    is_verified: bool
    is_suspended: bool
    facts: tuple[PublicFact, ...]
    on_shelf: int
    shelf_url: str
    report_url: str
    support_email: str


def seller_page(slug: str, *, shop: Shop, now: datetime) -> SellerPage:
    """
    Return what shoppers are told of a seller.

    Raises: NotFoundError for a party that sells nothing here, whoever else it is.
    """
    party = parties.party_by_slug(slug)
    listed = offers.counts_by_state(seller_id=party.id)
    if party.id not in {one.id for one in parties.parties_in_role(Role.SELLER)} and not any(
        listed.values()
    ):
        raise NotFoundError(f"Nobody called “{slug}” sells here.")
    subject = quote(f"About the seller {party.trading_name}")
    return SellerPage(
        name=party.trading_name,
        country=party.country,
        is_verified=party.is_verified,
        is_suspended=party.is_suspended,
        facts=told_to_shoppers(
            identity_of(party.id), at=now, hides_homes=not _is_in_union(shop, now=now)
        ),
        on_shelf=listed.get("listed", 0),
        shelf_url=f"/phones/?seller={party.slug}",
        report_url=f"mailto:{shop.support_email}?subject={subject}",
        support_email=shop.support_email,
    )


def _is_in_union(shop: Shop, *, now: datetime) -> bool:
    policy = policy_of(Regime.DSA, on=now.date())
    return policy is not None and applies_in(
        policy, market=shop.market.code, members=shop.market.members
    )
