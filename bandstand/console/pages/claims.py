"""What sources say of one variant, live and superseded, for whoever settles it."""

from dataclasses import dataclass

from django.forms import Form

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import AnswerClaimRow, BandClaimRow, VariantPage
from bandstand.catalogue.rules import ClaimState

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


def claims_page(page: VariantPage, *, form: Form) -> ClaimsPage:
    """Return everything that was ever filed about a variant's bands, and its live answers."""
    history = catalogue.claim_history(page.variant.id)
    return ClaimsPage(
        title=page.variant.title,
        detail=" · ".join(part for part in (page.code, page.region) if part),
        url=f"/console/quality/{page.variant.slug}/",
        form=form,
        has_conflict=page.has_conflict,
        bands=tuple(_view(one, said=_bands_said(one)) for one in history),
        answers=tuple(_view(one, said=one.answer.value) for one in page.answers),
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


def _view(one: BandClaimRow | AnswerClaimRow, *, said: str) -> ClaimView:
    state, kind = STATES[one.state]
    return ClaimView(
        topic=one.label,
        said=said,
        raw=one.raw,
        source=one.source,
        certainty=one.certainty.value,
        read_on=one.read_on.isoformat() if one.read_on else "not noted",
        state=state,
        kind=kind,
    )
