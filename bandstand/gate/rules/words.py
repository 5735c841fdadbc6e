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


class HoldMove(StrEnum):
    """What can happen to a hold."""

    PLACE = "place"
    BEGIN = "begin"
    """A hold placed for a later instant has come into force."""
    EXPIRE = "expire"
    LIFT = "lift"
