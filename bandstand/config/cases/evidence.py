"""What a case says of labels, of customs' protection and of a host network's word."""

import hashlib
from datetime import datetime
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.config.cases.facts import SOURCE
from bandstand.config.cases.fields import Part, word_of
from bandstand.config.cases.world import ACTOR, LONG_AGO, World, bare
from bandstand.rights import services as rights
from bandstand.rights.rules import CertificationState


def record_label(world: World, words: Part, *, at: datetime) -> UUID:
    """Record a photograph of the label on a seller's goods, and what the listing says."""
    variant = bare(words).text("variant")
    photo = words.text("photo", f"The label of {variant}.")
    listing = words.raw("in_listing", default=words.raw("listing_text"))
    return rights.record_label(
        seller_id=world.party(words.text("seller"), where=words.where).id,
        variant_id=world.variant(variant, where=words.where).id,
        market=world.market_of(words.text("market", "US")),
        photo_sha256=hashlib.sha256(photo.encode()).hexdigest(),
        lot=words.text("lot", ""),
        listing_text="It says what the label says." if listing is True else str(listing or ""),
        actor=ACTOR,
        now=words.instant("at", at),
    )


def record_protection(world: World, words: Part, *, at: datetime) -> UUID:
    """Record that customs protect a brand, or a model of it."""
    brand, model = words.text("brand"), words.maybe("model")
    return rights.record_protection(
        brand_id=world.brand(brand, where=words.where).id,
        model_id=world.models_named(model, brands=(brand,))[0] if model else None,
        from_at=words.instant("from", min(LONG_AGO, at)),
        until_at=words.maybe_instant("until"),
        source=words.text("source", SOURCE),
        actor=ACTOR,
        now=at,
    )


def record_certification(world: World, words: Part, *, at: datetime) -> UUID:
    """Record what the shop's host network says of a variant."""
    bare(words).nothing_more("network", "operator")
    return rights.record_certification(
        variant_id=world.variant(words.text("variant"), where=words.where).id,
        network_id=catalogue.default_network().id,
        state=word_of(
            CertificationState,
            words.text("state", "certified"),
            what="state of a certification",
            words=list(CertificationState),
            where=words.where,
        ),
        from_at=words.instant("from", LONG_AGO),
        source=words.text("source", SOURCE),
        actor=ACTOR,
        now=at,
    )
