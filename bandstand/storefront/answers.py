"""How views answer: a page from one object, and refusals as designed pages."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bandstand.kernel.errors import (
    BadInputError,
    DomainError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from bandstand.kernel.public_ids import MalformedIdError
from bandstand.storefront.page_bytes import TOKEN_SLOT

STATUS: Final[tuple[tuple[type[DomainError], int, str], ...]] = (
    (MalformedIdError, 404, "This is not here"),
    (NotFoundError, 404, "This is not here"),
    (UnavailableError, 503, "We cannot look that up just now"),
    (RefusedError, 409, "That cannot be done"),
    (BadInputError, 400, "That could not be understood"),
)
"""Which refusal is which answer: the one table of this edge."""

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """What a refused request is told."""

    title: str
    text: str


def page_shown(
    request: HttpRequest, template: str, *, page: object, status: int = 200
) -> HttpResponse:
    """Return a template rendered with one page object."""
    context: dict[str, object] = {"page": page}
    if getattr(request, "yours_slot", ""):
        context["csrf_token"] = TOKEN_SLOT
    return render(request, f"storefront/{template}", context, status=status)


def refusal_shown(request: HttpRequest, refused: DomainError) -> HttpResponse:
    """Return the page that tells a refusal."""
    status, title = next(
        ((code, said) for kind, code, said in STATUS if isinstance(refused, kind)),
        (400, "That could not be done"),
    )
    page = RefusalPage(title=title, text=refused.message)
    return page_shown(request, "refused.html", page=page, status=status)


def tells_refusals(view: View) -> View:
    """Answer a view's anticipated refusals with a page instead of an error."""

    @wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:  # noqa: ANN401 -- whatever the address holds
        try:
            return view(request, **arguments)
        except DomainError as refused:
            return refusal_shown(request, refused)

    return answer
