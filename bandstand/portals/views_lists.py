"""A brand's published lists: read now, looked back at, and the next one composed."""

import json
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from bandstand.kernel.errors import RefusedError
from bandstand.portals.desk import Desk, brands_only
from bandstand.portals.list_form import ListForm
from bandstand.portals.pages import lists as pages
from bandstand.portals.pages.domains import own_brands
from bandstand.rights.queries.lists import SourceRow, source_row
from bandstand.rights.rules.lists.composing import compose_list
from bandstand.rights.services.lists import fetch_list

PAUSE: Final = timedelta(seconds=10)


@brands_only
def lists(desk: Desk) -> HttpResponse:
    return desk.shown("portals/lists.html", pages.lists_page(desk))


@brands_only
def list_of(desk: Desk, source: UUID) -> HttpResponse:
    return desk.shown("portals/list.html", pages.list_page(source, desk=desk))


@require_POST
@brands_only
def read_now(desk: Desk, source: UUID) -> HttpResponse:
    row = _own(desk, source)
    if row.last_tried_at is not None and desk.now - row.last_tried_at < PAUSE:
        raise RefusedError("We read it a moment ago. Wait ten seconds and ask again.")
    outcome = fetch_list(source_id=source, now=desk.now)
    if outcome.alert:
        messages.error(desk.request, f"The list is not believed: {outcome.text}")
    else:
        messages.success(desk.request, f"The list was read: number {outcome.sequence} is believed.")
    return HttpResponseRedirect(f"{pages.BASE}{source}/")


@brands_only
def reading(desk: Desk, *, source: UUID, snapshot: UUID) -> HttpResponse:
    return desk.shown("portals/reading.html", pages.snapshot_page(source, snapshot, desk=desk))


@brands_only
def next_list(desk: Desk, source: UUID) -> HttpResponse:
    row, base = _own(desk, source), pages.base_of(source)
    form = ListForm(desk.request.POST or None, base=base)
    if desk.request.method != "POST" or not form.is_valid():
        status = 400 if form.errors else 200
        return desk.shown("portals/next_list.html", {"form": form, "row": row}, status=status)
    composed = compose_list(
        base,
        domain=row.domain,
        issued_at=desk.now,
        added=form.added,
        taken_off=form.taken_off_keys,
        revoked=form.revocations,
    )
    answer = HttpResponse(
        json.dumps(composed, indent=2, ensure_ascii=False) + "\n", content_type="application/json"
    )
    answer["Content-Disposition"] = 'attachment; filename="authorised-sellers.json"'
    return answer


def _own(desk: Desk, source: UUID) -> SourceRow:
    return source_row(source, brand_ids=own_brands(desk))
