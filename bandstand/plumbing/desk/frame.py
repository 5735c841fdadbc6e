"""The frame of a desk: its rooms, who sits at it, and how it tells a refusal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from bandstand.kernel.errors import (
    BadInputError,
    DomainError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)

STATUS: Final[tuple[tuple[type[DomainError], int, str], ...]] = (
    (NotFoundError, 404, "This is not here"),
    (UnavailableError, 503, "That cannot be looked up just now"),
    (RefusedError, 409, "That cannot be done"),
    (BadInputError, 400, "That could not be understood"),
)
"""Which refusal is which answer: the one table of the desks."""


@dataclass(frozen=True, slots=True)
class RoomLink:
    """One room in the rail."""

    url: str
    label: str
    is_current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class RoomGroup:
    """Rooms that belong together; Django's templates read ``items`` of the group."""

    label: str
    items: tuple[RoomLink, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What ``base_console.html`` needs besides the site."""

    name: str
    rooms: tuple[RoomGroup, ...]
    person_label: str
    leave_url: str = "/account/logout/"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refused request is told."""

    title: str
    text: str


NO_FRAME: Final = Frame(name="Not here", rooms=(), person_label="")


def shown(
    request: HttpRequest, template: str, *, page: object, frame: Frame, status: int = 200
) -> HttpResponse:
    """Return a template rendered with one page object in its frame."""
    return render(request, template, {"page": page, "console": frame}, status=status)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send a caller who has not signed in to do so, and back here afterwards."""
    back = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('account_login')}?{back}")


def refusal_shown(request: HttpRequest, refused: DomainError, *, frame: Frame) -> HttpResponse:
    """Return the page that tells a refusal, with the status of its kind."""
    status, title = status_of(refused)
    page = Refusal(title=title, text=refused.message)
    return shown(request, "console/refused.html", page=page, frame=frame, status=status)


def forbidden(request: HttpRequest, *, text: str, frame: Frame = NO_FRAME) -> HttpResponse:
    """Return the page for someone who is signed in and has no business here."""
    page = Refusal(title="This desk is not yours", text=text)
    return shown(request, "console/refused.html", page=page, frame=frame, status=403)


def status_of(refused: DomainError) -> tuple[int, str]:
    """Return the status and the title that a refusal is answered with."""
    return next(
        ((code, said) for kind, code, said in STATUS if isinstance(refused, kind)),
        (400, "That could not be done"),
    )


def rail(
    groups: tuple[tuple[str, tuple[tuple[str, str, int], ...]], ...], *, path: str
) -> tuple[RoomGroup, ...]:
    """
    Return the rail of a desk; the room whose address is the longest start of the path is current.

    Shape: groups of a label and rooms, each an address, a label and a count.
    """
    starts = [url for _, rooms in groups for url, _, _ in rooms if path.startswith(url)]
    here = max(starts, key=len, default="")
    return tuple(
        RoomGroup(
            label=label,
            items=tuple(
                RoomLink(url=url, label=name, is_current=url == here, count=count)
                for url, name, count in rooms
            ),
        )
        for label, rooms in groups
    )


View = Callable[..., HttpResponse]
