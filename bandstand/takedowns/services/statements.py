"""Statements of reasons: each stopped seller is told why, once a hold."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min

from bandstand.catalogue.models import Market
from bandstand.gate.models import Hold
from bandstand.gate.rules import Basis
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground
from bandstand.parties import queries as parties
from bandstand.parties.models import Party
from bandstand.plumbing import letters
from bandstand.takedowns.models import Notice, StatementOfReasons
from bandstand.takedowns.queries import reach
from bandstand.takedowns.rules import StatementFacts, statement_body
from bandstand.takedowns.rules.letters import statement_sent


def state_reasons(hold: Hold, *, now: datetime) -> Iterator[UUID]:
    """Send every stopped seller a statement, one transaction each; yield each seller told."""
    told = set(StatementOfReasons.objects.filter(hold=hold).values_list("seller_id", flat=True))
    for seller_id in sorted(_stopped_sellers(hold) - told):
        _state_reasons_to(seller_id, hold=hold, now=now)
        yield seller_id


def _stopped_sellers(hold: Hold) -> set[UUID]:
    offering = reach.listed_offers(hold).values_list("seller_id", flat=True)
    selling = reach.affected_lines(hold).values_list("offer__seller_id", flat=True)
    return set(offering) | set(selling)


@transaction.atomic
def _state_reasons_to(seller_id: UUID, *, hold: Hold, now: datetime) -> None:
    seller = Party.objects.get(pk=seller_id)
    body = statement_body(_facts(seller, hold=hold))
    _, is_new = StatementOfReasons.objects.get_or_create(
        hold=hold, seller=seller, defaults={"body": body, "stated_at": now}
    )
    if is_new and seller.email:
        _send(body, seller=seller, hold=hold, now=now)


def _facts(seller: Party, *, hold: Hold) -> StatementFacts:
    notice = Notice.objects.filter(hold=hold).select_related("party").first()
    stopped = reach.offers_under(hold).filter(seller=seller)
    counted = stopped.aggregate(offers=Count("id"), oldest=Min("created_at"))
    return StatementFacts(
        hold_id=hold.id,
        seller_id=seller.id,
        basis=Basis(hold.basis),
        ground=Ground(hold.ground),
        reason=hold.reason,
        explanation=notice.explanation if notice else hold.reason,
        legal_reference=hold.legal_reference,
        notifier=notice.party.legal_name if notice else "",
        brand_name=hold.brand.name if hold.brand else "",
        territory=_territory(hold),
        offers=counted["offers"],
        oldest_offer_at=counted["oldest"] or hold.effective_at,
        effective_at=hold.effective_at,
        support_email=parties.operator().support_email,
    )


def _territory(hold: Hold) -> tuple[str, ...]:
    if hold.market_id:
        return tuple(Market.objects.get(pk=hold.market_id).members)
    return ()


def _send(body: dict[str, object], *, seller: Party, hold: Hold, now: datetime) -> None:
    operator = parties.operator()
    redress = body["redress"]
    assert isinstance(redress, dict)  # noqa: S101 -- statement_body made it
    ground = body.get("incompatible_content_ground") or body.get("illegal_content_legal_ground")
    letter = statement_sent(
        shop_name=operator.shop_name,
        seller_name=seller.trading_name,
        facts_text=str(body["decision_facts"]),
        ground=str(ground),
        redress=f"{redress['counter_notice']} {redress['complaint']}",
        support_email=f"{operator.support_email} or sign in at {settings.BASE_URL}",
    )
    letters.write_letter(
        key=f"statement:{hold.id}:{seller.id}",
        kind="statement_of_reasons",
        to_address=seller.email,
        subject=letter.subject,
        body=letter.body,
        about=print_id(IdKind.HOLD, hold.id),
        now=now,
    )
