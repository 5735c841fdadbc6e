from datetime import date
from functools import partial

import pytest
from pytest_django import DjangoAssertNumQueries

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import Brand, Variant
from bandstand.catalogue.rules import AmbiguousNameError, CatalogueNotFoundError, MalformedRowError
from tests.factories import catalogue as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def aster() -> Brand:
    return make.brand(name="Aster", names=["Aster/Bloom"])


@pytest.mark.parametrize("number", [1, 3])
def test_variant_page_takes_four_queries_whatever_it_shows(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    model = make.device_model(name="One")
    variant = make.variant(model=model, code="AS1")
    for at in range(number):
        make.variant(model=model, code=f"AS9{at}")
        make.band_claim(variant=variant, source=f"source {at}")

    with django_assert_num_queries(4):
        page = queries.variant_page(variant.slug)

    assert len(page.claims) == len(page.siblings) == number
    assert (page.model, page.code) == ("One", "AS1")


@pytest.mark.parametrize("number", [1, 3])
def test_capabilities_take_three_queries_whatever_their_number(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        make.band_claim(variant=make.variant())

    with django_assert_num_queries(3):
        found = queries.capabilities()

    assert len(found) == number
    assert all(len(one.bands) == 2 for one in found.values())


@pytest.mark.parametrize(
    "key", ["Aster/AS1", "aster/as1", "Aster/Bloom/AS1", "Aster/AS1-B", "Aster/AS1/AS1-B"]
)
def test_variant_is_found_by_any_of_its_names(key: str, aster: Brand) -> None:
    variant = make.variant(model=make.device_model(brand=aster), code="AS1/AS1-B")
    if key.casefold().endswith("/as1"):
        variant.code = "AS1"
        variant.save(update_fields=["code"])

    assert queries.variant_by_code(key).id == variant.id


def test_variant_of_a_sub_brand_is_found_under_the_parent(aster: Brand) -> None:
    bud = make.brand(name="Bud", parent=aster)
    variant = make.variant(model=make.device_model(brand=bud), code="BD1")

    assert queries.variant_by_code("Aster/BD1").id == variant.id
    with pytest.raises(CatalogueNotFoundError):
        queries.variant_by_code("Bud/AS1")


def test_code_that_is_not_there_names_the_nearest(aster: Brand) -> None:
    make.variant(model=make.device_model(brand=aster, name="One"), code="AS2013")

    with pytest.raises(CatalogueNotFoundError, match="Did you mean Aster/AS2013"):
        queries.variant_by_code("Aster/AS2014")
    with pytest.raises(CatalogueNotFoundError, match=r"No brand “Astre”\. Did you mean Aster"):
        queries.variant_by_code("Astre/AS2013")
    with pytest.raises(CatalogueNotFoundError, match="BRAND/CODE"):
        queries.variant_by_code("AS2013")
    with pytest.raises(CatalogueNotFoundError, match="Did you mean One"):
        queries.variants_of("Aster", "Ona")


def test_name_of_several_variants_asks_for_a_code(aster: Brand) -> None:
    model = make.device_model(brand=aster, name="One")
    made = {make.variant(model=model, code=code).id for code in ("AS1", "AS2")}

    assert {one.id for one in queries.variants_of("aster", "one")} == made
    with pytest.raises(AmbiguousNameError, match="Aster/AS1, Aster/AS2"):
        queries.variant_by_code("Aster/One")


def test_variant_without_a_code_goes_by_its_name(aster: Brand) -> None:
    variant = make.variant(model=make.device_model(brand=aster, name="6T"), code="x")
    variant.code = ""
    variant.save(update_fields=["code"])

    found = queries.variant_by_code("Aster/6T")

    assert (found.id, found.key) == (variant.id, "Aster/6T")


def test_delivery_country_belongs_to_the_narrowest_market() -> None:
    make.market(code="DE")
    make.market(code="EU", members=["DE", "FR"])

    assert queries.market_for_country("DE").code == "DE"
    assert queries.market_for_country("fr").code == "EU"
    with pytest.raises(CatalogueNotFoundError, match="We deliver to DE, FR"):
        queries.market_for_country("US")
    with pytest.raises(CatalogueNotFoundError, match="Did you mean"):
        queries.market("DD")


def test_goods_are_added_once(aster: Brand) -> None:
    make.category(slug="wearable")
    add = partial(
        services.find_or_add_model,
        brand_slug=aster.slug,
        category_slug="wearable",
        name="Aster Band 9",
        code="AB9",
    )

    first = add(released_on=date(2026, 3, 1))
    second = add()

    assert first == second
    row = queries.variant(first)
    assert (row.title, row.slug, row.has_fit) == ("Aster Band 9", "aster-band-9-ab9", False)


def test_goods_of_an_unknown_brand_are_refused(aster: Brand) -> None:
    make.category(slug="wearable")

    with pytest.raises(CatalogueNotFoundError, match="Did you mean aster"):
        services.find_or_add_model(
            brand_slug="astre", category_slug="wearable", name="Band", code="AB9"
        )

    assert not Variant.objects.filter(model__brand=aster).exists()


def test_brand_is_added_once_and_its_slug_must_be_one(aster: Brand) -> None:
    first = services.find_or_add_brand(slug="bud", name="Bud", parent_slug="aster")
    again = services.find_or_add_brand(slug="bud", name="Bud")

    assert first == again
    assert queries.brand_by_slug("bud").parent_id == aster.id
    with pytest.raises(MalformedRowError, match="Write “new-bud”"):
        services.find_or_add_brand(slug="New Bud", name="New Bud")
