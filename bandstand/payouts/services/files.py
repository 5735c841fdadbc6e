"""A run's file for the bank: made once, kept sealed, and given out as it was made."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from bandstand.kernel.errors import NotFoundError
from bandstand.parties import queries as parties
from bandstand.parties.sealing import seal, unseal
from bandstand.payouts import gateways, queries
from bandstand.payouts.gateways.bank_forms import (
    BankFile,
    BankFormError,
    FileLine,
    faults_of,
    write_file,
)
from bandstand.payouts.models import Payout, PayoutAccount, PayoutFile, PayoutRun
from bandstand.payouts.rules import FileForm, PayoutMoveRefusedError, RunState, require_run
from bandstand.payouts.services.moving import amount_of
from bandstand.plumbing import audit

ENDINGS: Final = {FileForm.PAIN_001: "xml", FileForm.CSV: "csv"}
PAYS_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RunFile:
    """The file of a run."""

    name: str
    text: str
    sha256: str


@transaction.atomic
def run_file(*, run_id: UUID, actor: str, now: datetime) -> RunFile:
    """
    Return the file of a confirmed run; the first who asks has it made, the others get the same.

    Raises: NotFoundError; PayoutMoveRefusedError if the run is paid otherwise; BankFormError.
    Lock: the run.
    """
    run = PayoutRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFoundError("There is no such payout run.")
    require_run(RunState(run.state), RunState.CONFIRMED)
    if not run.gateway or not gateways.gateway(run.gateway).is_by_hand:
        raise PayoutMoveRefusedError("This run is not paid by a file.")
    kept = PayoutFile.objects.filter(run=run).first() or _make(run, actor=actor, now=now)
    audit.record(
        actor=actor, action="payouts.take_file", subject=f"run:{run.id}", now=now, sha=kept.sha256
    )
    text = unseal(kept.sealed.encode()).decode()
    return RunFile(kept.name, text, kept.sha256)


def _make(run: PayoutRun, *, actor: str, now: datetime) -> PayoutFile:
    route = queries.route_of(run.currency, now=now)
    lines = _lines(run)
    zone = ZoneInfo(parties.operator().time_zone)
    file = BankFile(
        id=run.id.hex,
        made_at=now,
        pays_on=(now + PAYS_AFTER).astimezone(zone).date(),
        debtor=route.debtor,
        debtor_account=queries.debtor_of(run.currency, now=now),
        lines=lines,
    )
    text = write_file(file, form=route.form)
    faults = faults_of(text, lines=lines) if route.form is FileForm.PAIN_001 else ()
    if faults:
        raise BankFormError(f"The file was not written as it should be: {'; '.join(faults)}.")
    return PayoutFile.objects.create(
        run=run,
        form=route.form.value,
        name=f"payouts-{now:%Y%m%d}-{run.currency}-{run.id.hex[-6:]}.{ENDINGS[route.form]}",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        sealed=seal(text.encode()).decode(),
        made_at=now,
        made_by=actor[:200],
    )


def _lines(run: PayoutRun) -> tuple[FileLine, ...]:
    shop = parties.operator().shop_name
    found = Payout.objects.filter(run=run).exclude(account=None).select_related("account")
    return tuple(
        FileLine(
            id=one.id.hex,
            to=queries.details_for_payment(_account(one)),
            amount=amount_of(one),
            words=f"{shop} payout {one.sent_at:%Y-%m-%d}",
        )
        for one in found.order_by("id")
    )


def _account(payout: Payout) -> PayoutAccount:
    assert payout.account is not None  # noqa: S101 -- payouts without one were left out
    return payout.account
