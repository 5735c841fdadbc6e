"""What a visit remembers in its session: the basket, and the checkouts that came of it."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from bandstand.orders import queries as orders

BASKET: Final = "basket"
COUNT: Final = "basket_count"
CHECKOUTS: Final = "checkouts"
CHECKOUTS_MAX: Final = 10
TYPED: Final = "typed"


def has_session(request: HttpRequest) -> bool:
    """Say whether the visitor brought a session; without one nothing of theirs is stored."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def is_signed_in(request: HttpRequest) -> bool:
    """Say whether the visitor is signed in, without a query for visitors who bring no session."""
    user = getattr(request, "user", None)
    return has_session(request) and user is not None and bool(user.is_authenticated)


def basket_id(request: HttpRequest) -> UUID | None:
    """Return the visitor's basket, if they have one."""
    kept = _kept(request, BASKET)
    return UUID(kept) if isinstance(kept, str) else None


def basket_count(request: HttpRequest) -> int:
    """Return how many things the frame says are in the basket."""
    kept = _kept(request, COUNT)
    return kept if isinstance(kept, int) else 0


def keep_basket(request: HttpRequest, basket: UUID) -> None:
    """Remember a basket, and how much is in it."""
    request.session[BASKET] = str(basket)
    request.session[COUNT] = orders.basket_count(basket)


def forget_basket(request: HttpRequest) -> None:
    """Begin without a basket: this one was bought."""
    for name in (BASKET, COUNT):
        request.session.pop(name, None)


def keep_checkout(request: HttpRequest, checkout: UUID) -> None:
    """Remember that this visitor began a checkout, so that they may see what becomes of it."""
    earlier = [one for one in request.session.get(CHECKOUTS, []) if one != str(checkout)]
    request.session[CHECKOUTS] = [*earlier, str(checkout)][-CHECKOUTS_MAX:]


def keep_typed(request: HttpRequest, typed: dict[str, str]) -> None:
    """Remember what was typed into a checkout whose plan was not approved as asked."""
    request.session[TYPED] = typed


def forget_typed(request: HttpRequest) -> None:
    """Forget it: the checkout itself knows it now."""
    request.session.pop(TYPED, None)


def typed(request: HttpRequest) -> dict[str, str]:
    """Return what was typed before; empty if nothing was."""
    kept = _kept(request, TYPED)
    return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


def last_checkout(request: HttpRequest) -> UUID | None:
    """Return the checkout that this visitor began last."""
    kept = _kept(request, CHECKOUTS)
    return UUID(kept[-1]) if isinstance(kept, list) and kept else None


def may_see_checkout(request: HttpRequest, checkout: UUID) -> bool:
    """Say whether this visitor began the checkout."""
    kept = _kept(request, CHECKOUTS)
    return isinstance(kept, list) and str(checkout) in kept


def _kept(request: HttpRequest, name: str) -> object:
    # A request that failed early has no session opened, and its error page still has a frame.
    if not has_session(request) or not hasattr(request, "session"):
        return None
    return request.session.get(name)
