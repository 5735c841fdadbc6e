"""How far the aftermath of a hold goes: what it stops decides."""

from collections.abc import Set as AbstractSet
from enum import StrEnum

from bandstand.gate.rules import Activity


class AftermathExtent(StrEnum):
    """What follows a hold by itself."""

    NONE = "none"
    """Nothing that anybody bought or offers is touched, such as by a stop of imports alone."""
    TELL = "tell"
    """Sellers get reasons and open checkouts end; what was sold goes on to its buyer."""
    MAKE_WHOLE = "make_whole"
    """Besides, every affected order line gets a case and a remedy."""


def aftermath_extent(activities: AbstractSet[Activity], *, is_provisional: bool) -> AftermathExtent:
    """
    Return what follows a hold that stops some activities.

    Orders are cancelled only where the hold keeps them from being paid for or sent too: a stop of
    new sales alone, as after some patent rulings, lets what was sold go out. A provisional hold
    ends by itself in days, so nothing is cancelled under it.
    """
    stopped = frozenset(activities)
    if not stopped & {Activity.OFFER_PUBLISH, Activity.ORDER_COMMIT}:
        return AftermathExtent.NONE
    keeps_sold = stopped & {Activity.PAYMENT_CAPTURE, Activity.FULFILMENT_RELEASE}
    if Activity.ORDER_COMMIT in stopped and keeps_sold and not is_provisional:
        return AftermathExtent.MAKE_WHOLE
    return AftermathExtent.TELL
