"""Markets, brands, models, variants and networks, boring by default."""

from datetime import date
from itertools import count

from bandstand.catalogue.models import (
    BandClaim,
    Brand,
    Category,
    DeviceModel,
    Market,
    Network,
    NetworkBand,
    OperatorNetwork,
    Variant,
)
from bandstand.catalogue.rules import slug_of

_number = count(1)

CURRENCY_OF = {"US": "USD", "GB": "GBP", "DE": "EUR", "HK": "HKD", "JP": "JPY"}


def market(*, code: str = "US", **fields: object) -> Market:
    """Return the market of a code, made if it is not there: a market is a fact, not a fixture."""
    made, _ = Market.objects.get_or_create(
        code=code,
        defaults={
            "name": code,
            "currency": CURRENCY_OF.get(code, "USD"),
            "members": [code],
            "time_zone": "UTC",
            **fields,
        },
    )
    return made


def brand(*, name: str = "", **fields: object) -> Brand:
    """Make a brand; the cast's brand is Aster."""
    called = name or f"Brand {next(_number)}"
    return Brand.objects.create(**{"name": called, "slug": slug_of(called), **fields})


def category(*, slug: str = "phone", **fields: object) -> Category:
    """Return the category of a slug, made if it is not there."""
    made, _ = Category.objects.get_or_create(slug=slug, defaults={"name": slug.title(), **fields})
    return made


def device_model(
    *,
    brand: Brand | None = None,
    category: Category | None = None,
    name: str = "",
    **fields: object,
) -> DeviceModel:
    """Make a phone's model."""
    called = name or f"One {next(_number)}"
    return DeviceModel.objects.create(
        brand=brand or _brand(),
        category=category or _category(),
        **{"name": called, "slug": slug_of(called), **fields},
    )


def variant(*, model: DeviceModel | None = None, code: str = "", **fields: object) -> Variant:
    """Make a variant with a code of its own."""
    of_model = model or device_model()
    called = code or f"AS{next(_number):04}"
    return Variant.objects.create(
        model=of_model,
        code=called,
        **{"slug": slug_of(of_model.brand.name, of_model.name, called), **fields},
    )


def band_claim(
    *, variant: Variant, rat: str = "LTE", bands: tuple[str, ...] = ("2", "4"), **fields: object
) -> BandClaim:
    """Let a source claim bands of a variant."""
    return BandClaim.objects.create(
        variant=variant,
        rat=rat,
        bands=list(bands),
        **{"raw": " ".join(bands), "source": "maker's page", "certainty": "high", **fields},
    )


def network(*, code: str = "", name: str = "", **fields: object) -> Network:
    """Make a network; ``code`` is printed as MCC-MNC."""
    mcc, _, mnc = (code or _network_code(next(_number))).partition("-")
    return Network.objects.create(
        **{
            "mcc": mcc,
            "mnc": mnc,
            "name": name or f"Network {mcc}-{mnc}",
            "country": "US",
            **fields,
        }
    )


def _network_code(number: int) -> str:
    # Three digits each, so that a long run of tests finds a free code too.
    return f"{900 + number // 1_000 % 100}-{number % 1_000:03}"


def network_band(
    *,
    network: Network,
    rat: str = "LTE",
    band: str = "2",
    role: str = "primary",
    from_date: date | None = date(2014, 1, 1),
    **fields: object,
) -> NetworkBand:
    """Put a band on the air."""
    return NetworkBand.objects.create(
        network=network,
        rat=rat,
        band=band,
        role=role,
        from_date=from_date,
        **{"source": "carrier's page", "certainty": "high", **fields},
    )


def operator_network(*, network: Network | None = None, position: int = 1) -> OperatorNetwork:
    """Let the operator's plans run on a network."""
    return OperatorNetwork.objects.create(network=network or _network(), position=position)


# The keyword arguments above carry the names of the factories, which is what a test wants to write.
_brand = brand
_category = category
_network = network
