"""Words of the gate."""

from enum import StrEnum


class Activity(StrEnum):
    """What may be asked of the gate, and what a hold may stop."""

    OFFER_PUBLISH = "offer.publish"
    ORDER_COMMIT = "order.commit"
    PAYMENT_CAPTURE = "payment.capture"
    FULFILMENT_RELEASE = "fulfilment.release"
    EXCHANGE_SHIP = "exchange.ship"
    RESTOCK = "restock"
    IMPORT = "import"


class Basis(StrEnum):
    """Who says stop."""

    BRAND_NOTICE = "brand_notice"
    AUTHORITY_ORDER = "authority_order"
    RECALL = "recall"
    COURT = "court"
    NETWORK = "network"
    OPERATOR = "operator"
    TRADER_TRACEABILITY = "trader_traceability"
    """A seller whose identity the law wants known did not make it known."""
    UNVERIFIED_NOTICE = "unverified_notice"
    """Somebody whose right is not verified yet: the stop is provisional."""


class HoldMove(StrEnum):
    """What can happen to a hold."""

    PLACE = "place"
    BEGIN = "begin"
    """A hold placed for a later instant has come into force."""
    EXPIRE = "expire"
    LIFT = "lift"
    CONFIRM = "confirm"
    """A provisional hold was confirmed: another hold stands for it."""
    WIDEN = "widen"
    """Another hold of a wider scope was placed over this one, which stands as it stood."""
    PROPOSE = "propose"
    """Somebody asked to lift or widen it; a second person answers."""
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    """Nobody answered in time."""
