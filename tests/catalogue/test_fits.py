from datetime import UTC, date, datetime

import pytest

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import Network, StoredFit, Variant
from bandstand.kernel.words import Answer
from bandstand.radio import Tier, sentence
from tests.factories import catalogue as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def lark() -> Network:
    """A network whose 3G ends in 2022 and whose band 71 begins in 2018."""
    network = make.network(code="999-01", name="Lark Host")
    make.network_band(network=network, band="2")
    make.network_band(network=network, band="71", from_date=date(2018, 3, 1))
    make.network_band(
        network=network, rat="UMTS", band="5", role="secondary", until_date=date(2022, 7, 1)
    )
    make.operator_network(network=network)
    return network


@pytest.fixture
def phone() -> Variant:
    variant = make.variant(code="AS1")
    make.band_claim(variant=variant, bands=("2",))
    make.band_claim(variant=variant, rat="UMTS", bands=("5",))
    return variant


def test_stored_fit_says_on_every_day_what_a_computed_one_says(
    lark: Network, phone: Variant
) -> None:
    written = services.recompute_fits(now=NOW)

    assert written == StoredFit.objects.count() == 4  # three facts, and the day an end is told
    for on in (
        date(2015, 1, 1),
        date(2018, 2, 28),
        date(2018, 3, 1),
        date(2019, 6, 30),
        date(2019, 7, 1),
        date(2022, 6, 30),
        date(2022, 7, 1),
        date(2030, 1, 1),
    ):
        stored = queries.stored_fit(variant_id=phone.id, network_id=lark.id, on=on)
        computed = queries.fit_on(variant_id=phone.id, network_id=lark.id, on=on)
        assert stored is not None
        assert stored.body == computed.as_json()
        assert (stored.tier, stored.calls) == (computed.tier, computed.calls)
        assert stored.sentence == sentence(computed, emergency_number="112")


@pytest.mark.usefixtures("lark", "phone")
def test_verdict_changes_with_the_network() -> None:
    services.recompute_fits(now=NOW)

    tiers = StoredFit.objects.order_by("from_date").values_list("from_date", "tier", "calls")
    assert list(tiers) == [
        (date(2015, 1, 1), Tier.FULL, Answer.YES),
        (date(2018, 3, 1), Tier.GOOD, Answer.YES),
        (date(2019, 7, 1), Tier.GOOD, Answer.YES),  # from here the sentence tells the end of 3G
        (date(2022, 7, 1), Tier.UNKNOWN, Answer.UNKNOWN),  # nobody says whether it has VoLTE
    ]


def test_recompute_again_writes_nothing_and_a_new_fact_only_what_it_changes(
    lark: Network, phone: Variant
) -> None:
    services.recompute_fits(now=NOW)
    before = StoredFit.objects.get(from_date=date(2015, 1, 1)).inputs_hash

    assert services.recompute_fits(now=NOW) == 0

    make.network_band(network=lark, band="4", from_date=date(2024, 1, 1))
    assert services.recompute_fits(now=NOW, variant_ids=[phone.id], network_ids=[lark.id]) > 0
    assert StoredFit.objects.filter(from_date=date(2024, 1, 1)).exists()
    after = StoredFit.objects.get(from_date=date(2015, 1, 1)).inputs_hash
    assert before != after  # the hash covers everything that was known


@pytest.mark.usefixtures("phone")
def test_interval_that_is_no_more_is_removed(lark: Network) -> None:
    services.recompute_fits(now=NOW)
    lark.bands.filter(band="71").delete()

    services.recompute_fits(now=NOW)

    starts = StoredFit.objects.order_by("from_date").values_list("from_date", flat=True)
    assert list(starts) == [date(2015, 1, 1), date(2019, 7, 1), date(2022, 7, 1)]


def test_day_that_is_not_stored_is_computed(lark: Network, phone: Variant) -> None:
    on = date(2016, 2, 1)

    row = queries.stored_fit(variant_id=phone.id, network_id=lark.id, on=on)

    assert row is not None
    assert row.computed_at is None
    assert row.body == queries.fit_on(variant_id=phone.id, network_id=lark.id, on=on).as_json()
    services.recompute_fits(now=NOW)
    stored = queries.stored_fit(variant_id=phone.id, network_id=lark.id, on=on)
    assert stored is not None
    assert stored.inputs_hash == row.inputs_hash


def test_goods_that_no_network_serves_have_no_fit(lark: Network) -> None:
    headphones = make.variant(
        model=make.device_model(category=make.category(slug="audio"), name="Aster Buds")
    )

    services.recompute_fits(now=NOW)

    assert not StoredFit.objects.exists()
    assert queries.stored_fit(variant_id=headphones.id, network_id=lark.id, on=NOW.date()) is None


def test_without_an_operator_network_nothing_is_stored(phone: Variant) -> None:
    assert services.recompute_fits(now=NOW) == 0
    assert not StoredFit.objects.filter(variant=phone).exists()


def test_variants_with_equal_radios_get_rows_of_their_own(lark: Network, phone: Variant) -> None:
    twin = make.variant(model=phone.model, code="AS2")
    make.band_claim(variant=twin, bands=("2",))
    make.band_claim(variant=twin, rat="UMTS", bands=("5",))

    services.recompute_fits(now=NOW)

    own, other = (
        StoredFit.objects.filter(variant=one, network=lark).order_by("from_date")
        for one in (phone, twin)
    )
    assert [one.body for one in own] == [one.body for one in other]
    assert own[0].inputs_hash != other[0].inputs_hash  # rules may name the one and not the other
    row = queries.stored_fit(variant_id=twin.id, network_id=lark.id, on=date(2014, 1, 1))
    assert row is not None
    assert row.computed_at is None


def test_rule_that_names_one_of_two_equal_radios_tells_them_apart(
    lark: Network, phone: Variant
) -> None:
    twin = make.variant(model=phone.model, code="AS2")
    make.band_claim(variant=twin, bands=("2",))
    make.band_claim(variant=twin, rat="UMTS", bands=("5",))
    lark.policies.create(
        kind="activation_block",
        body={"codes": ["AS2"]},
        sha256="0" * 64,
        source="carrier's page",
        certainty="high",
    )

    services.recompute_fits(now=NOW)

    tiers = dict(
        StoredFit.objects.filter(from_date=date(2015, 1, 1)).values_list("variant_id", "tier")
    )
    assert tiers == {phone.id: Tier.FULL, twin.id: Tier.BLOCKED}


def test_recomputing_some_variants_leaves_the_others_alone(lark: Network, phone: Variant) -> None:
    other = make.variant(code="AS9")
    make.band_claim(variant=other, bands=("2",))
    services.recompute_fits(now=NOW)
    before = list(StoredFit.objects.filter(variant=other).values())
    lark.bands.filter(band="71").delete()

    services.recompute_fits(now=NOW, variant_ids=[phone.id])

    assert list(StoredFit.objects.filter(variant=other).values()) == before
