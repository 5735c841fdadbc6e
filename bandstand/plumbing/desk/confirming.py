"""The page between a wish and a deed: what will happen, and two ways out."""

from dataclasses import dataclass

from django.http import HttpRequest

from bandstand.plumbing.desk.tables import Fact, Stat

CONFIRMED = "confirmed"
EDIT = "edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage:
    """What is about to be done. The fields are sent again, unseen, with the confirmation."""

    title: str
    text: str
    action_url: str
    back_url: str
    button: str
    fields: tuple[tuple[str, str], ...]
    facts: tuple[Fact, ...] = ()
    stats: tuple[Stat, ...] = ()
    warning: str = ""
    is_bad: bool = False
    can_edit: bool = False
    """Whether the form can be opened again with everything that was typed."""


def is_confirmed(request: HttpRequest) -> bool:
    """Say whether the caller has seen the preview and said yes."""
    return request.POST.get(CONFIRMED) == "yes"


def wants_to_edit(request: HttpRequest) -> bool:
    """Say whether the caller went back from the preview to change something."""
    return EDIT in request.POST


def kept_fields(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Return what was typed, to be sent again with the confirmation."""
    return tuple(
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", CONFIRMED, EDIT} and isinstance(value, str)
    )
