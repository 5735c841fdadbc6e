"""The fit that an offer is listed with: kept with its inputs, and told when it has changed."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from bandstand.catalogue import services as catalogue_services
from bandstand.catalogue.models import FitInput, Network, NetworkBand, Variant
from bandstand.kernel.words import Certainty
from bandstand.offers import queries, services
from bandstand.offers.models import Offer, OfferFit
from bandstand.parties.models import Party
from bandstand.radio import radio_version
from tests.factories import catalogue, offers, parties, rights

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2027, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def host() -> Network:
    host = catalogue.network(code="999-01", name="Lark Host")
    for band in ("2", "12"):
        catalogue.network_band(network=host, band=band)
    catalogue.network_band(network=host, rat="UMTS", band="2")
    catalogue.operator_network(network=host)
    return host


@pytest.fixture
def phone() -> Variant:
    phone = catalogue.variant()
    rights.approval(variant=phone)
    catalogue.band_claim(variant=phone, bands=("2", "12"))
    catalogue.band_claim(variant=phone, rat="UMTS", bands=("2",))
    return phone


def listed(phone: Variant, *, now: datetime = NOW) -> Offer:
    offer = offers.offer(seller=seller_of(phone), variant=phone, now=now)
    catalogue_services.recompute_fits(now=now)
    return offer


def seller_of(thing: Variant) -> Party:
    seller, model = parties.party(), thing.model
    rights.grant(grantee=seller, brand=model.brand, category=model.category)
    return seller


def ask_again(offer_id: UUID, *, now: datetime) -> None:
    services.publish(offer_id=offer_id, actor="mira@example.org", now=now)


def test_listing_keeps_the_fit_with_inputs_that_can_be_checked(
    host: Network, phone: Variant
) -> None:
    offer = listed(phone)

    (kept,) = queries.listed_fits(offer.id, now=NOW)

    assert (kept.network_code, kept.as_of, kept.tier.value) == (
        "999-01",
        date(2026, 11, 22),
        "full",
    )
    assert kept.radio_version == radio_version()
    assert not kept.has_changed
    assert not kept.has_new_facts
    evidence = queries.frozen_evidence(kept)
    assert evidence is not None
    assert evidence.is_whole
    assert host.code in str(evidence.network)
    assert queries.frozen_words(kept)["verdict"] == kept.body


def test_kept_fits_and_inputs_cannot_be_changed(host: Network, phone: Variant) -> None:  # noqa: ARG001 -- a network to fit
    listed(phone)

    for change in (
        lambda: OfferFit.objects.update(tier="none"),
        lambda: FitInput.objects.update(body={}),
        lambda: OfferFit.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()

    assert OfferFit.objects.get().tier == "full"


def test_network_that_changes_shows_the_difference_and_keeps_what_was_said(
    host: Network, phone: Variant
) -> None:
    offer = listed(phone)
    NetworkBand.objects.filter(network=host, band="12").update(until_date=date(2026, 11, 1))
    catalogue.network_band(network=host, band="71")
    catalogue_services.recompute_fits(now=NOW)

    (kept,) = queries.listed_fits(offer.id, now=NOW)

    assert kept.tier.value == "full"
    assert kept.today is not None
    assert kept.today.tier.value == "good"
    assert [(one.question, one.was, one.now) for one in kept.changes] == [
        ("verdict", "full", "good")
    ]
    assert [one.offer_id for one in queries.changed_fits(now=NOW)] == [offer.id]
    assert queries.changed_fits(now=NOW, seller_id=offer.variant_id) == ()


def test_day_that_passes_changes_a_fit_without_any_new_fact(host: Network, phone: Variant) -> None:
    NetworkBand.objects.filter(network=host, rat="LTE").update(until_date=date(2027, 3, 1))
    offer = listed(phone)

    (kept,) = queries.listed_fits(offer.id, now=LATER)

    assert queries.changed_fits(now=NOW) == ()
    assert {one.question: one.now for one in kept.changes}["data"] == "UMTS"
    assert not kept.has_new_facts
    assert [one.offer_id for one in queries.changed_fits(now=LATER)] == [offer.id]


def test_asking_again_keeps_todays_fit_beside_the_old_one(host: Network, phone: Variant) -> None:
    offer = listed(phone)
    ask_again(offer.id, now=NOW)
    assert OfferFit.objects.count() == 1  # nothing new to say

    NetworkBand.objects.filter(network=host, band="12").delete()
    catalogue.network_band(network=host, band="71")
    catalogue_services.recompute_fits(now=NOW)
    ask_again(offer.id, now=NOW)

    (kept,) = queries.listed_fits(offer.id, now=NOW)
    assert (kept.tier.value, kept.has_changed) == ("good", False)
    assert list(OfferFit.objects.order_by("frozen_at").values_list("tier", flat=True)) == [
        "full",
        "good",
    ]


def test_radio_inputs_are_kept_once_for_many_offers(host: Network, phone: Variant) -> None:  # noqa: ARG001 -- a network to fit
    first = listed(phone)
    second = offers.offer(seller=first.seller, variant=phone, colour="Blue", now=NOW)

    assert OfferFit.objects.filter(offer__in=[first, second]).count() == 2
    assert FitInput.objects.count() == 2  # one radio, one network


def test_refused_offer_and_headphones_keep_no_fit(host: Network, phone: Variant) -> None:  # noqa: ARG001 -- a network to fit
    model = catalogue.device_model(category=catalogue.category(slug="audio"))
    buds = catalogue.variant(model=model)
    rights.approval(variant=buds)
    draft_only = offers.draft(seller=parties.party(), variant=phone, now=NOW)

    ask_again(draft_only, now=NOW)
    offers.offer(seller=seller_of(buds), variant=buds, units=0, now=NOW)

    assert not OfferFit.objects.exists()
    assert queries.listed_fits(draft_only, now=NOW) == ()


def test_rules_about_other_networks_do_not_change_the_inputs(host: Network, phone: Variant) -> None:
    offer = listed(phone)
    other = catalogue.network(code="999-02", name="Wren Host")
    catalogue.network_band(network=other)
    catalogue_services.enter_policy(
        entry=catalogue_services.PolicyEntry(
            kind="volte_required_to_activate",
            network_id=other.id,
            source="carrier's page",
            certainty=Certainty.HIGH,
            read_on=NOW.date(),
        ),
        actor="ada@lark.example.org",
        now=NOW,
    )
    catalogue.operator_network(network=other, position=2)
    catalogue_services.recompute_fits(now=NOW)

    (kept,) = queries.listed_fits(offer.id, now=NOW)

    assert kept.network_id == host.id
    assert not kept.has_new_facts
