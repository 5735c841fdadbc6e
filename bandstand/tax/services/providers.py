"""
Asking and telling an outside engine, always outside a transaction.

It is asked before a checkout is prepared, and the answer is kept; what was sold or undone is told
from rows that were written with the sale, so that nothing is told twice and nothing forgotten.
"""

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.plumbing import jobs, locks
from bandstand.tax.models import ProviderAnswer, ProviderTelling, TaxQuote
from bandstand.tax.providers import (
    ProviderSilentError,
    ProviderTax,
    ProviderUnwillingError,
    TaxProvider,
    provider_of,
)
from bandstand.tax.queries.answers import answer_keys
from bandstand.tax.queries.rates import policy_in
from bandstand.tax.rules import EngineName, TaxAsk, Telling, TellingState

LOG: Final = logging.getLogger(__name__)
TELL_TASK: Final = "bandstand.tax.tasks.tell_provider"
UNUSED_KEPT: Final = timedelta(days=7)


def ask_provider(*, ask: TaxAsk, now: datetime) -> bool:
    """
    Ask a market's provider what it has not answered yet; return whether all is answered.

    A provider that does not answer, or refuses, is logged and leaves no answer: what happens then
    is the policy's to say, where the tax is reckoned.
    """
    policy = policy_in(ask.market, now=now)
    provider = None if policy is None else provider_of(policy.engine)
    if policy is None or provider is None or not ask.things or not ask.place.is_enough:
        return True
    keys = answer_keys(ask, engine=policy.engine)
    known = set(
        ProviderAnswer.objects.filter(key__in=keys.values(), expires_at__gt=now).values_list(
            "key", flat=True
        )
    )
    for thing in ask.things:
        key = keys[thing.key]
        if key in known:
            continue
        try:
            told = provider.calculate(price=thing.price, place=ask.place, key=key, now=now)
        except (ProviderSilentError, ProviderUnwillingError) as failed:
            LOG.warning("tax provider %s: %s", policy.engine.value, failed.message)
            return False
        _keep(told, key=key, engine=policy.engine, now=now)
    return True


def write_telling(quote: TaxQuote, *, telling: Telling, now: datetime) -> None:
    """Write down that the provider must be told; inside the transaction that sells or undoes."""
    row, is_new = ProviderTelling.objects.get_or_create(
        quote=quote,
        telling=telling.value,
        defaults={"state": TellingState.WRITTEN.value, "written_at": now},
    )
    if is_new:
        jobs.defer(TELL_TASK, telling_id=str(row.id))


def tell(*, telling_id: UUID, now: datetime) -> TellingState:
    """
    Tell the provider one thing, unless it was told; return where that stands.

    A reversal waits until its sale was recorded. Silence leaves it written, to be tried again.
    """
    row = ProviderTelling.objects.select_related("quote").get(pk=telling_id)
    provider = provider_of(EngineName(row.quote.engine))
    if row.state != TellingState.WRITTEN.value or provider is None:
        return TellingState(row.state)
    try:
        ref = _told(row, provider=provider)
    except ProviderSilentError as silent:
        return _note(row.id, state=TellingState.WRITTEN, words=silent.message, now=now)
    except ProviderUnwillingError as refused:
        LOG.exception("tax provider refused %s of %s", row.telling, row.quote_id)
        return _note(row.id, state=TellingState.REFUSED, words=refused.message, now=now)
    if ref is None:
        return TellingState.WRITTEN
    return _note(row.id, state=TellingState.TOLD, ref=ref, words="", now=now)


def tell_waiting(*, now: datetime) -> int:
    """Tell everything that a lost job or a silent provider left; return how much was told."""
    waiting = ProviderTelling.objects.filter(state=TellingState.WRITTEN.value)
    ids = list(waiting.order_by("written_at", "id").values_list("id", flat=True))
    return sum(tell(telling_id=one, now=now) is TellingState.TOLD for one in ids)


def forget_answers(*, now: datetime) -> int:
    """Delete answers that expired a week ago: quotes hold their own copy of what was used."""
    old = ProviderAnswer.objects.filter(expires_at__lt=now - UNUSED_KEPT)
    return int(old.delete()[0])


def _keep(told: ProviderTax, *, key: str, engine: EngineName, now: datetime) -> None:
    ProviderAnswer.objects.update_or_create(
        key=key,
        defaults={
            "engine": engine.value,
            "ref": told.ref,
            "body": {
                "tax_minor": told.tax.minor,
                "kind": told.kind.value,
                "jurisdiction": told.jurisdiction,
                "title": told.title,
                "rate_ppm": told.rate_ppm,
                "parts": list(told.parts),
            },
            "asked_at": now,
            "expires_at": told.expires_at,
        },
    )


def _told(row: ProviderTelling, *, provider: TaxProvider) -> str | None:
    reference = f"{row.quote_id}"
    if row.telling == Telling.RECORD.value:
        calculation = str(row.quote.body["provider_ref"])
        return provider.record(calculation=calculation, reference=reference)
    recorded = ProviderTelling.objects.filter(
        quote=row.quote, telling=Telling.RECORD.value, state=TellingState.TOLD.value
    ).first()
    if recorded is None:
        return None
    return provider.reverse(recorded=recorded.ref, reference=f"{reference}:reversed")


@transaction.atomic
def _note(
    telling_id: UUID, *, state: TellingState, words: str, now: datetime, ref: str = ""
) -> TellingState:
    locks.lock(f"tax.telling:{telling_id}")
    row = ProviderTelling.objects.get(pk=telling_id)
    if row.state == TellingState.TOLD.value:
        return TellingState.TOLD
    row.state, row.ref, row.words, row.tries = state.value, ref, words[:200], row.tries + 1
    row.told_at = now if state is TellingState.TOLD else None
    row.save(update_fields=["state", "ref", "words", "tries", "told_at"])
    return state
