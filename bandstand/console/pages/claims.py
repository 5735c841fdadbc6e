"""What sources say of one variant, live and superseded, for whoever settles it."""

from dataclasses import dataclass

from django.forms import Form

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import AnswerClaimRow, BandClaimRow, VariantPage
from bandstand.catalogue.queries.claims import answer_history
from bandstand.catalogue.rules import ClaimState
from bandstand.plumbing.desk.words import instant_text

STATES = {
    ClaimState.CURRENT: ("counts", "good"),
    ClaimState.CONFLICT: ("in conflict", "part"),
    ClaimState.SUPERSEDED: ("superseded", ""),
}


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim as the console shows it."""

    topic: str
    said: str
    raw: str
    source: str
    certainty: str
    read_on: str
    entered: str
    """Who entered it by hand and when, or that a table said it."""
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """What the page says."""

    title: str
    detail: str
    url: str
    form: Form
    has_conflict: bool
    bands: tuple[ClaimView, ...]
    answers: tuple[ClaimView, ...]


def claims_page(page: VariantPage, *, form: Form, zone: str) -> ClaimsPage:
    """Return everything that was ever filed about a variant, superseded claims too."""
    history = catalogue.claim_history(page.variant.id)
    return ClaimsPage(
        title=page.variant.title,
        detail=" · ".join(part for part in (page.code, page.region) if part),
        url=f"/console/quality/{page.variant.slug}/",
        form=form,
        has_conflict=page.has_conflict,
        bands=tuple(_view(one, said=_bands_said(one), zone=zone) for one in history),
        answers=tuple(
            _view(one, said=one.answer.value, zone=zone) for one in answer_history(page.variant.id)
        ),
    )


def disputed(page: VariantPage) -> list[tuple[str, str]]:
    """Return the claims that are in conflict, to choose one of."""
    bands = [
        (f"bands:{one.id}", f"{one.label}: {_bands_said(one)} ({one.source}, {one.certainty})")
        for one in page.claims
        if one.is_conflict
    ]
    answers = [
        (f"answer:{one.id}", f"{one.label}: {one.answer} ({one.source}, {one.certainty})")
        for one in page.answers
        if one.is_conflict
    ]
    return bands + answers


def _bands_said(one: BandClaimRow) -> str:
    return " ".join(one.plain_bands) or "no bands listed"


def _view(one: BandClaimRow | AnswerClaimRow, *, said: str, zone: str) -> ClaimView:
    state, kind = STATES[one.state]
    when = instant_text(one.entered_at, zone=zone) if one.entered_at else ""
    return ClaimView(
        topic=one.label,
        said=said,
        raw=one.raw,
        source=one.source,
        certainty=one.certainty.value,
        read_on=one.read_on.isoformat() if one.read_on else "not noted",
        entered=f"{one.entered_by}, {when}" if one.entered_by else "from a table",
        state=state,
        kind=kind,
    )
