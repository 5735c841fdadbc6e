"""Grants, statements, approvals and policy rows, boring by default: the sale is allowed."""

from datetime import UTC, datetime
from typing import Any

from bandstand.catalogue.models import Brand, Category, DeviceModel, Market, Variant
from bandstand.parties.models import Party
from bandstand.rights.models import Approval, BrandStatement, Grant, SalePolicy
from tests.factories import catalogue, parties

FROM_AT = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL_AT = datetime(2028, 1, 1, tzinfo=UTC)


def grant(
    *,
    grantee: Party,
    brand: Brand | None = None,
    category: Category | None = None,
    markets: tuple[str, ...] = ("US",),
    **fields: Any,  # noqa: ANN401 -- columns of many types
) -> Grant:
    """Let a brand grant a party the right to sell its phones in the United States."""
    issuer = brand or catalogue.brand()
    return Grant.objects.create(
        grantee=grantee,
        **{
            "issuer_brand": None if "issuer_party" in fields else issuer,
            "brands": [issuer.id],
            "categories": [(category or catalogue.category()).id],
            "markets": list(markets),
            "conditions": ["new"],
            "from_at": FROM_AT,
            "until_at": UNTIL_AT,
            "level": "list",
            **fields,
        },
    )


def approval(*, variant: Variant, market: Market | None = None, **fields: Any) -> Approval:  # noqa: ANN401 -- columns of many types
    """Approve a variant for the United States."""
    return Approval.objects.create(
        variant=variant,
        market=market or catalogue.market(),
        **{"scheme": "fcc", "reference": "2AASTER-1", "state": "granted", **fields},
    )


def statement(*, brand: Brand, market: Market | None = None, **fields: Any) -> BrandStatement:  # noqa: ANN401 -- columns of many types
    """Let a brand say that it has no authorised channel in the United States."""
    return BrandStatement.objects.create(
        brand=brand,
        market=market or catalogue.market(),
        **{
            "status": "no_authorised_channel",
            "source": "https://aster.example/us/sellers",
            "from_at": FROM_AT,
            **fields,
        },
    )


def policy(**fields: Any) -> SalePolicy:  # noqa: ANN401 -- columns of many types
    """Publish that new goods need a grant at list level."""
    return SalePolicy.objects.create(
        **{
            "condition": "new",
            "needs_grant": True,
            "min_level": "list",
            "version": "2026-01",
            "from_at": FROM_AT,
            **fields,
        }
    )


def sellable(
    *,
    seller: Party | None = None,
    model: DeviceModel | None = None,
    **fields: Any,  # noqa: ANN401 -- columns of many types
) -> tuple[Party, Variant]:
    """Make a seller and a variant that the seller may sell new in the United States."""
    phone = catalogue.variant(model=model, **fields)
    holder = seller or parties.party()
    grant(grantee=holder, brand=phone.model.brand, category=phone.model.category)
    approval(variant=phone)
    return holder, phone
