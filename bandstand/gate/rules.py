"""Words of the gate and its pure decisions."""

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


class Outcome(StrEnum):
    """The decision lattice: deny beats review beats allow."""

    ALLOW = "allow"
    REVIEW = "review"
    DENY = "deny"
