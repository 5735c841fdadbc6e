"""The buyer of a plan accepts its credit agreement, before anything commits."""

from datetime import datetime

from bandstand.catalogue import queries as catalogue
from bandstand.credit import services as credit
from bandstand.credit.rules.agreement import AgreementFacts
from bandstand.orders.addresses import address_lines
from bandstand.orders.models import Checkout, CheckoutLine
from bandstand.orders.services.crediting import agreed_credits
from bandstand.parties import queries as parties


def accept_agreements(checkout: Checkout, *, now: datetime) -> None:
    """Keep the agreement of every plan of a checkout, as its buyer accepts it."""
    lines = checkout.lines.exclude(disclosure=None).select_related(
        "offer__seller", "offer__variant__model__brand", "disclosure", "promotion"
    )
    for line in lines:
        assert line.disclosure_id is not None  # noqa: S101 -- the query left those out
        credit.accept_agreement(
            disclosure_id=line.disclosure_id,
            facts=_facts(checkout, line=line),
            accepted_by=checkout.email,
            now=now,
        )


def _facts(checkout: Checkout, *, line: CheckoutLine) -> AgreementFacts:
    operator = parties.operator()
    lender = parties.party(operator.party_id)
    model = line.offer.variant.model
    locale = catalogue.market(checkout.market_id).locale
    return AgreementFacts(
        creditor=", ".join(part for part in (lender.legal_name, lender.address) if part),
        support=operator.support_email,
        buyer=checkout.buyer_name,
        buyer_address=", ".join(address_lines(checkout.address)),
        buyer_email=checkout.email,
        device=f"{model.brand.name} {model.name} ({line.offer.condition})",
        seller=line.offer.seller.trading_name,
        locale=locale,
        credits=agreed_credits(line, locale=locale),
    )
