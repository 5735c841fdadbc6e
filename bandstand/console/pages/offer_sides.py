"""The two sides of an offer: what its seller claims, and what the books say of the same thing."""

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import money
from bandstand.offers.queries import OfferRow
from bandstand.parties import queries as parties
from bandstand.plumbing.desk.tables import Fact
from bandstand.plumbing.desk.words import instant_text


def claimed_facts(row: OfferRow, *, zone: str) -> tuple[Fact, ...]:
    """Return what the seller says of the offer."""
    return (
        Fact("Seller", row.seller_name),
        Fact("Variant", f"{row.title}, {row.variant_code or 'no code'}"),
        Fact("Configuration", row.configuration or "–"),
        Fact("Condition", row.condition),
        Fact("Market", row.market),
        Fact("Price", money(row.price)),
        Fact("Free units", str(row.stock_left)),
        Fact("Drafted", instant_text(row.created_at, zone=zone)),
        Fact(
            "First shown",
            instant_text(row.published_at, zone=zone) if row.published_at else "never",
        ),
    )


def known_facts(row: OfferRow) -> tuple[Fact, ...]:
    """Return what we know of the same thing ourselves."""
    variant = catalogue.variant_page(row.variant_slug).variant
    seller = parties.party(row.seller_id)
    return (
        Fact("By the catalogue", f"{variant.title}, {variant.code or 'no code'}"),
        Fact("Made for", variant.region or "not known"),
        Fact("Kind", variant.category),
        Fact("Certainty", variant.certainty.value),
        Fact("Seller", f"{seller.legal_name}, {seller.country}"),
        Fact("Seller verified", "yes" if seller.is_verified else "no"),
    )
