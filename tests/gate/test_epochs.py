"""Facts that other rooms keep: whoever changes one makes the decisions that rest on it stale."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bandstand.catalogue.models import Network, Tac
from bandstand.gate import services
from bandstand.gate.models import Epoch
from bandstand.offers.models import Offer
from bandstand.plumbing import clock
from bandstand.provenance.events import CustodyChanged
from bandstand.rights.models import (
    BrandDomain,
    LabelEvidence,
    ListRevocation,
    ListSource,
    NetworkCertification,
    SigningKey,
    VariantDifference,
    VariantGtin,
)
from tests.factories import catalogue, gate, sale

pytestmark = pytest.mark.django_db


def domain(offer: Offer) -> BrandDomain:
    return BrandDomain.objects.create(
        brand=offer.variant.model.brand,
        domain="aster.example",
        method="file",
        challenge="x",
        asked_at=clock.now(),
        asked_by="ada",
        verified_at=clock.now(),
    )


def source(offer: Offer) -> ListSource:
    return ListSource.objects.create(
        brand=offer.variant.model.brand, domain=domain(offer), url="https://aster.example/list"
    )


def lose_domain(offer: Offer) -> Callable[[], object]:
    kept = domain(offer)
    return lambda: BrandDomain.objects.filter(pk=kept.pk).update(lost_at=clock.now())


def check_domain(offer: Offer) -> Callable[[], object]:
    kept = domain(offer)
    return lambda: BrandDomain.objects.filter(pk=kept.pk).update(checked_at=clock.now())


def fault_list(offer: Offer) -> Callable[[], object]:
    kept = source(offer)
    return lambda: ListSource.objects.filter(pk=kept.pk).update(last_fault="LIST_ROLLBACK")


def fetch_list(offer: Offer) -> Callable[[], object]:
    kept = source(offer)
    return lambda: ListSource.objects.filter(pk=kept.pk).update(last_good_at=clock.now())


def revoke_on_list(offer: Offer) -> Callable[[], object]:
    kept, now = source(offer), clock.now()
    return lambda: ListRevocation.objects.create(
        source=kept, seller_key="x", revoked_at=now, reason="removed", sequence=2, seen_at=now
    )


def name_gtin(offer: Offer) -> Callable[[], object]:
    return lambda: VariantGtin.objects.create(variant=offer.variant, gtin="00012345678905")


def name_tac(offer: Offer) -> Callable[[], object]:
    return lambda: Tac.objects.create(
        tac="35000000", variant=offer.variant, source="GSMA", certainty="high"
    )


def certify(offer: Offer) -> Callable[[], object]:
    network = Network.objects.first() or catalogue.network()
    return lambda: NetworkCertification.objects.create(
        variant=offer.variant, network=network, state="required", from_at=clock.now(), source="x"
    )


def differ(offer: Offer) -> Callable[[], object]:
    return lambda: VariantDifference.objects.create(
        variant=offer.variant, market=offer.market, what=["bands"], recorded_at=clock.now()
    )


def label(offer: Offer) -> Callable[[], object]:
    return lambda: LabelEvidence.objects.create(
        seller=offer.seller,
        variant=offer.variant,
        market=offer.market,
        photo_sha256="0" * 64,
        recorded_at=clock.now(),
        recorded_by="ada",
    )


def move_custody(offer: Offer) -> Callable[[], object]:
    sale.unit(offer, imei="490154203237518")
    named = ("urn:gsma:imei:49015420-323751-0", "https://id.gs1.org/00/1")
    return lambda: services.hear_custody_changed(CustodyChanged(identifiers=named), clock.now())


def move_custody_of_a_serial(offer: Offer) -> Callable[[], object]:
    VariantGtin.objects.create(variant=offer.variant, gtin="00012345678905")
    unit = sale.unit(offer)
    named = (f"https://id.gs1.org/01/00012345678905/21/{unit.serial}",)
    return lambda: services.hear_custody_changed(CustodyChanged(identifiers=named), clock.now())


@pytest.mark.parametrize(
    ("prepare", "anchor"),
    [
        (lose_domain, "brand"),
        (fault_list, "brand"),
        (revoke_on_list, "brand"),
        (name_gtin, "variant"),
        (name_tac, "variant"),
        (certify, "variant"),
        (differ, "variant"),
        (label, "variant"),
        (move_custody, "variant"),
        (move_custody_of_a_serial, "variant"),
    ],
)
def test_changed_fact_moves_the_epoch_of_its_anchor_alone(
    prepare: Callable[[Offer], Callable[[], object]], anchor: str
) -> None:
    offer = sale.offer()
    key = {"brand": offer.variant.model.brand_id, "variant": offer.variant_id}[anchor]
    change = prepare(offer)
    decision = gate.decision(offer)
    before = dict(Epoch.objects.values_list("key", "epoch"))

    change()

    after = dict(Epoch.objects.values_list("key", "epoch"))
    moved = {name for name, epoch in after.items() if epoch != before.get(name)}
    assert moved == {f"{anchor}:{key}", "display"}
    assert f"{anchor}:{key}" in decision.epochs


@pytest.mark.parametrize("prepare", [check_domain, fetch_list])
def test_looking_without_finding_anything_new_moves_nothing(
    prepare: Callable[[Offer], Callable[[], object]],
) -> None:
    change = prepare(sale.offer())
    before = dict(Epoch.objects.values_list("key", "epoch"))

    change()

    assert dict(Epoch.objects.values_list("key", "epoch")) == before


def test_news_of_goods_that_nobody_here_has_moves_nothing() -> None:
    sale.unit(sale.offer())
    before = dict(Epoch.objects.values_list("key", "epoch"))

    services.hear_custody_changed(
        CustodyChanged(identifiers=("urn:gsma:imei:35000000-000000-0", "https://id.gs1.org/00/1")),
        clock.now(),
    )

    assert dict(Epoch.objects.values_list("key", "epoch")) == before


def test_key_that_signed_nothing_moves_nothing_when_it_is_revoked() -> None:
    offer, now = sale.offer(), clock.now()
    key = SigningKey.objects.create(
        brand=offer.variant.model.brand,
        kid="k1",
        jwk={},
        thumbprint="x",
        algorithm="ES256",
        from_at=now - timedelta(days=1),
        source="x",
        added_at=now,
        added_by="ada",
    )
    before = dict(Epoch.objects.values_list("key", "epoch"))

    SigningKey.objects.filter(pk=key.pk).update(revoked_at=now)

    assert dict(Epoch.objects.values_list("key", "epoch")) == before
