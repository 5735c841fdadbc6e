"""What names mean in this shop's catalogue and among its parties, for reading a brand's list."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from bandstand.catalogue.models import Brand, Category, DeviceModel, Market
from bandstand.catalogue.queries.models import brands_below
from bandstand.parties.models import Party
from bandstand.rights.models import BrandName, PartyDomain
from bandstand.rights.rules.lists.meaning import ListWords
from bandstand.rights.rules.naming import plain_name


def list_words(brand_id: UUID) -> ListWords:
    """Return what the words of a brand's list mean here; it speaks for itself and those below."""
    family = brands_below([brand_id])
    return ListWords(
        home_brand=brand_id,
        brands=_brands(family),
        categories=dict(Category.objects.values_list("slug", "id")),
        markets={one.code: frozenset(one.members) for one in Market.objects.all()},
        models=_models(family),
        domains=dict(
            PartyDomain.objects.filter(verified_at__isnull=False, lost_at=None).values_list(
                "domain", "party_id"
            )
        ),
        accounts=dict(Party.objects.values_list("slug", "id")),
        parties=frozenset(Party.objects.values_list("id", flat=True)),
        host=urlsplit(settings.BASE_URL).hostname or "",
    )


def _brands(family: frozenset[UUID]) -> dict[str, UUID]:
    named: dict[str, UUID] = {}
    for brand in Brand.objects.filter(pk__in=family).order_by("id"):
        for name in (brand.name, brand.slug, *brand.names):
            named.setdefault(plain_name(name), brand.id)
    for key, text in BrandName.objects.filter(brand__in=family).values_list("brand_id", "text"):
        named.setdefault(plain_name(text), key)
    return named


def _models(family: frozenset[UUID]) -> dict[tuple[UUID, str], UUID]:
    named: dict[tuple[UUID, str], UUID] = {}
    rows = DeviceModel.objects.filter(brand__in=family).select_related("brand")
    for model in rows:
        for name in (model.name, model.slug, f"{model.brand.name} {model.name}"):
            named.setdefault((model.brand_id, plain_name(name)), model.id)
    return named
