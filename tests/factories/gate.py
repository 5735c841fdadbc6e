"""Holds, waivers and decisions, placed by the real services."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bandstand.gate import services
from bandstand.gate.models import Hold
from bandstand.gate.rules import Activity, Basis, DecisionRow, HoldScope
from bandstand.kernel.words import Ground
from bandstand.offers.models import Offer
from bandstand.parties.models import Membership, Person
from bandstand.parties.rules import Role
from bandstand.plumbing import clock
from tests.factories import parties

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SALE = frozenset(
    {
        Activity.OFFER_PUBLISH,
        Activity.ORDER_COMMIT,
        Activity.PAYMENT_CAPTURE,
        Activity.FULFILMENT_RELEASE,
    }
)


def hold(*, activities: frozenset[Activity] = SALE, **fields: Any) -> Hold:  # noqa: ANN401 -- scope and hold have parts of many types
    """Place a hold: scope by its own words (``brand_id=…``), the rest boring."""
    words = {part: fields.pop(part) for part in list(fields) if part in HoldScope.__slots__}
    rest: dict[str, Any] = {
        "basis": Basis.BRAND_NOTICE,
        "ground": Ground.TERMS,
        "reason": "The brand has asked that these phones are not sold here.",
        "actor": "mira@example.org",
        "now": clock.now(),
        **fields,
    }
    key = services.place_hold(scope=HoldScope(**words), activities=activities, **rest)
    return Hold.objects.get(pk=key)


def staff(email: str) -> str:
    """Have somebody of the operator's staff and return their address."""
    if not Membership.objects.filter(person__email=email, role=Role.OPERATOR.value).exists():
        person = Person.objects.filter(email=email).first() or parties.person(email=email)
        parties.membership(person=person, role=Role.OPERATOR)
    return email


def proposal(hold_id: UUID, *, by: str = "mira@example.org") -> UUID:
    """Propose to lift a hold."""
    return services.propose_lift(
        hold_id=hold_id, reason="The licence was shown.", actor=staff(by), now=clock.now()
    )


def lift(hold_id: UUID) -> None:
    """Lift a hold, as two people do."""
    services.confirm_lift(
        request_id=proposal(hold_id), actor=staff("noor@example.org"), now=clock.now()
    )


def decision(
    offer: Offer,
    *,
    action: Activity = Activity.ORDER_COMMIT,
    **fields: Any,  # noqa: ANN401 -- arguments of many types
) -> DecisionRow:
    """Ask the gate about an offer."""
    return services.may(
        action=action,
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market_id,
        condition=offer.condition,
        **{"offer_id": offer.id, "actor": "test", "now": clock.now(), **fields},
    )


def waiver(offer: Offer, *, codes: frozenset[str], **fields: Any) -> UUID:  # noqa: ANN401 -- arguments of many types
    """Waive reasons against an offer for a day."""
    now = clock.now()
    return services.waive(
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market_id,
        condition=offer.condition,
        codes=codes,
        **{
            "reason": "The conditions were read and are met.",
            "until_at": now + timedelta(days=1),
            "actor": "mira@example.org",
            "now": now,
            **fields,
        },
    )
