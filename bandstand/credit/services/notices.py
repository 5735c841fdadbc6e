"""The notice of a no or a counter-offer: made with the decision, kept byte for byte, and mailed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bandstand.catalogue import queries as catalogue
from bandstand.credit.links import application_address
from bandstand.credit.models import AdverseNotice, Application, ApplicationDecision
from bandstand.credit.notice_law import notice_laws
from bandstand.credit.rules import PriceDisclosure, read_disclosure, regime_of
from bandstand.credit.rules.adverse_action import NoticeFacts, NoticeLaw, law_on, notice_text
from bandstand.credit.rules.eligibility import (
    ADVERSE,
    ApplicationOutcome,
    read_finding,
    read_score,
)
from bandstand.money import format_money
from bandstand.parties import queries as parties
from bandstand.plumbing import clock
from bandstand.plumbing.letters import write_letter

PERSON: Final = "person"
ABOUT: Final = "application:{}"


@dataclass(frozen=True, slots=True)
class _Shop:
    name: str
    creditor: str
    support: str
    time_zone: str
    locale: str


def tell_decision(
    application: Application, decision: ApplicationDecision, *, now: datetime
) -> None:
    """
    Write what follows from a decision: the notice and its letter, or the promise of an answer.

    A yes at once needs no letter: its buyer is at the checkout. A person's yes does.
    """
    outcome = ApplicationOutcome(decision.outcome)
    if outcome in ADVERSE:
        _give_notice(application, decision, now=now)
    elif outcome is ApplicationOutcome.REFERRED:
        _write(application, decision, subject="A person looks at your plan", now=now, text=_WAIT)
    elif decision.engine == PERSON and decision.serial > 1:
        _write(application, decision, subject="Your plan is approved", now=now, text=_YES)


_WAIT: Final = """You asked for a plan for {title}. A person decides, by {answer_by}, and we write
to you then. Nothing is charged meanwhile, and your basket stays as it is.

Where it stands:
{address}"""
_YES: Final = """Your plan for {title} is approved. Go on to the checkout by this page, until
{valid_until}:
{address}"""


def _give_notice(application: Application, decision: ApplicationDecision, *, now: datetime) -> None:
    shop = _shop(application.market_id)
    day = clock.day_in(shop.time_zone, at=now)
    law = law_on(notice_laws(), regime=regime_of(application.market_id).name, on=day)
    text = _text(application, decision, law=law, shop=shop)
    key = f"credit.notice:{decision.id}"
    AdverseNotice.objects.create(
        decision=decision,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        law="; ".join(source.law for source in law.sources)[:300],
        give_by=application.asked_at + timedelta(days=law.days),
        letter_key=key,
        made_at=now,
    )
    write_letter(
        key=key,
        kind="credit.notice",
        to_address=application.email,
        subject=f"{law.title}: {application.title}"[:200],
        body=text,
        about=ABOUT.format(application.id.hex),
        now=now,
    )


def _text(
    application: Application, decision: ApplicationDecision, *, law: NoticeLaw, shop: _Shop
) -> str:
    outcome = ApplicationOutcome(decision.outcome)
    offered = read_disclosure(decision.counter) if decision.counter else None
    facts = NoticeFacts(
        creditor=shop.creditor,
        support=shop.support,
        buyer=application.buyer_name,
        buyer_email=application.email,
        asked_for=_plan_words(read_disclosure(application.told), application=application),
        offered="" if offered is None else _plan_words(offered, application=application),
        until=_day(decision.valid_until, shop),
        decided_on=_day(decision.decided_at, shop),
        reference=f"{application.id.hex[-12:]}-{decision.serial}",
        by_person=decision.engine == PERSON,
    )
    return notice_text(
        law,
        facts=facts,
        outcome=outcome,
        reasons=[read_finding(one) for one in decision.reasons],
        score=read_score(decision.score),
    )


def _plan_words(told: PriceDisclosure, *, application: Application) -> str:
    locale = catalogue.market(application.market_id).locale
    return (
        f"{application.title}, price {format_money(told.price, locale)}, with"
        f" {format_money(told.down_payment, locale)} down and {', then '.join(told.payment_lines)};"
        f" amount financed {format_money(told.amount_financed, locale)}, finance charge"
        f" {format_money(told.finance_charge, locale)}, annual percentage rate {told.apr_text}"
    )


def _write(
    application: Application,
    decision: ApplicationDecision,
    *,
    subject: str,
    text: str,
    now: datetime,
) -> None:
    shop = _shop(application.market_id)
    said = text.format(
        title=application.title,
        answer_by=_day(decision.answer_by or decision.valid_until, shop),
        valid_until=_day(decision.valid_until, shop),
        address=application_address(application.id),
    )
    write_letter(
        key=f"credit.application:{decision.id}",
        kind="credit.application",
        to_address=application.email,
        subject=subject,
        body=f"Hello {application.buyer_name},\n\n{said}\n\n{shop.name}\n{shop.support}\n",
        about=ABOUT.format(application.id.hex),
        now=now,
    )


def _shop(market: str) -> _Shop:
    operator = parties.operator()
    lender = parties.party(operator.party_id)
    return _Shop(
        name=operator.shop_name,
        creditor=", ".join(part for part in (lender.legal_name, lender.address) if part),
        support=operator.support_email,
        time_zone=operator.time_zone,
        locale=catalogue.market(market).locale,
    )


def _day(at: datetime, shop: _Shop) -> str:
    return f"{clock.day_in(shop.time_zone, at=at):%-d %B %Y}"
