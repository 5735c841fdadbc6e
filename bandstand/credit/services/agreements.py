"""The buyer accepts an agreement before anything commits; what was accepted is kept as it was."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.templatetags.static import static

from bandstand.credit import documents
from bandstand.credit.law import regulation_of
from bandstand.credit.models import Agreement, AgreementPdf, Disclosure
from bandstand.credit.queries.policies import late_fee_terms
from bandstand.credit.rules import read_disclosure
from bandstand.credit.rules.agreement import AgreementFacts, agreement_text
from bandstand.credit.rules.late_fees import late_words
from bandstand.kernel.errors import NotFoundError, RefusedError

STYLESHEET: Final = documents.STYLESHEET


class AgreementMissingError(RefusedError):
    """A plan whose agreement nobody has accepted."""

    code = "agreement_missing"


@transaction.atomic
def accept_agreement(
    *, disclosure_id: UUID, facts: AgreementFacts, accepted_by: str, now: datetime
) -> UUID:
    """
    Record that a buyer accepts the agreement of a disclosure, with the very page they accept.

    An agreement that was accepted stays as it was.
    Raises: NotFoundError.
    """
    found = Agreement.objects.filter(disclosure_id=disclosure_id).first()
    if found is not None:
        return found.id
    told = Disclosure.objects.filter(pk=disclosure_id).first()
    if told is None:
        raise NotFoundError("There is no disclosure by that id.", disclosure_id=str(disclosure_id))
    disclosure = read_disclosure(told.body)
    text = agreement_text(
        disclosure,
        facts=_with_late_fee(facts, market=told.market_id, now=now),
        regulation=regulation_of(disclosure.regime),
    )
    html = documents.agreement_html(text, stylesheet=static(STYLESHEET))
    row = Agreement.objects.create(
        disclosure=told,
        body=text.as_json(),
        html=html,
        sha256=hashlib.sha256(html.encode()).hexdigest(),
        accepted_by=accepted_by,
        accepted_at=now,
    )
    return row.id


def draw_agreement(*, agreement_id: UUID, now: datetime) -> bool:
    """
    Draw an accepted agreement as a PDF, once; say whether there is one.

    Where this machine cannot draw, the page stands alone.
    Raises: NotFoundError.
    """
    row = Agreement.objects.filter(pk=agreement_id).first()
    if row is None:
        raise NotFoundError("There is no agreement by that id.")
    if AgreementPdf.objects.filter(agreement=row).exists():
        return True
    content = documents.agreement_pdf(row.html)
    if content is None:
        return False
    AgreementPdf.objects.get_or_create(
        agreement=row,
        defaults={
            "content": content,
            "sha256": hashlib.sha256(content).hexdigest(),
            "drawn_at": now,
        },
    )
    return True


def _with_late_fee(facts: AgreementFacts, *, market: str, now: datetime) -> AgreementFacts:
    terms = late_fee_terms(market=market, at=now)
    return replace(
        facts,
        late_words=late_words(terms, locale=facts.locale),
        late_fee=None if terms is None else terms.as_json(),
    )
