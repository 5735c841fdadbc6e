"""The validator of published lists, for brands and everybody: nothing is kept."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.core.cache import cache
from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.plumbing import clock
from bandstand.rights.inspection import inspect_address, inspect_text
from bandstand.rights.rules.lists.inspecting import Inspection
from bandstand.rights.schemas import LIST_SCHEMA
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.list_forms import PastedListForm, PublishedListForm

BAD_INPUT: Final = 400
TOO_MANY: Final = 429
ASKED_MAX: Final = 10
ASKED_SECONDS: Final = 600
EVERYBODY_MAX: Final = 120
ENTRIES_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatorPage:
    """The validator, and what it found."""

    pasted: forms.Form
    published: forms.Form
    found: Inspection | None = None
    is_cut: bool = False

    @property
    def form(self) -> forms.Form:
        """The form that has something to mend, if one has."""
        return self.published if self.published.errors else self.pasted


@require_http_methods(["GET", "HEAD", "POST"])
@tells_refusals
def validator(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, pasted=PastedListForm(), published=PublishedListForm())
    return _published(request) if "address" in request.POST else _pasted(request)


@require_safe
def schema(request: HttpRequest) -> FileResponse:  # noqa: ARG001 -- Django passes the request
    return FileResponse(LIST_SCHEMA.open("rb"), content_type="application/schema+json")


def _pasted(request: HttpRequest) -> HttpResponse:
    form = PastedListForm(request.POST)
    if not form.is_valid():
        return _shown(request, pasted=form, published=PublishedListForm(), status=BAD_INPUT)
    found = inspect_text(form.cleaned_data["text"].encode("utf-8", "replace"), now=clock.now())
    return _shown(request, pasted=form, published=PublishedListForm(), found=found)


def _published(request: HttpRequest) -> HttpResponse:
    form, status = PublishedListForm(request.POST), BAD_INPUT
    if form.is_valid():
        try:
            _require_pace(request)
            found = inspect_address(form.cleaned_data["address"], now=clock.now())
            return _shown(request, pasted=PastedListForm(), published=form, found=found)
        except BadInputError as refused:
            form.add_error("address", refused.message)
        except RefusedError as refused:
            form.add_error("address", refused.message)
            status = TOO_MANY
    return _shown(request, pasted=PastedListForm(), published=form, status=status)


def _shown(
    request: HttpRequest,
    *,
    pasted: forms.Form,
    published: forms.Form,
    found: Inspection | None = None,
    status: int = 200,
) -> HttpResponse:
    is_cut = found is not None and len(found.entries) > ENTRIES_SHOWN
    page = ValidatorPage(pasted=pasted, published=published, found=found, is_cut=is_cut)
    return page_shown(request, "list_check.html", page=page, status=status)


def _require_pace(request: HttpRequest) -> None:
    # Reading an address makes this shop ask a stranger's server, so it must not be a lever.
    for key, most in (
        (f"list-check:{request.META.get('REMOTE_ADDR', '')}", ASKED_MAX),
        ("list-check:everybody", EVERYBODY_MAX),
    ):
        cache.add(key, 0, ASKED_SECONDS)
        if cache.incr(key) > most:
            raise RefusedError("That was asked often just now. Wait ten minutes or paste it.")
