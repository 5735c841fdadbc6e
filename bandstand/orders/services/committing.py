"""One order line commits: the guarded row, the sold unit, the plan and the passport."""

from datetime import datetime
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.credit import queries as credit_queries, services as credit
from bandstand.gate import guard
from bandstand.gate.rules import DecisionRow
from bandstand.money import Money
from bandstand.offers import queries as offer_queries, services as offers
from bandstand.offers.queries import OfferRow
from bandstand.orders import passport
from bandstand.orders.models import CheckoutLine, Order, OrderLine, Passport
from bandstand.orders.rules import LineState, Sale
from bandstand.orders.services.commissions import commission_on
from bandstand.orders.services.crediting import promise_credits
from bandstand.orders.services.moves import note_move
from bandstand.plumbing import clock, jobs
from bandstand.rights import queries as rights
from bandstand.tax import queries as tax_queries, services as tax
from bandstand.tax.rules import told_in_evidence, told_tax

DRAW_TASK = "bandstand.credit.tasks.draw_agreement"
COMMIT = "commit"  # the first record of a line; not a move, for there is no state before it


def commit_line(
    order: Order, *, source: CheckoutLine, offer: OfferRow, decision: DecisionRow, now: datetime
) -> OrderLine:
    """
    Write one order line through the gate's guard, with everything that hangs on it.

    Lock: the line's anchors, shared, by the guard; the unit's row.
    Raises: HeldError, StaleDecisionError from the guard.
    """
    price = Money(source.price_minor, order.currency)
    quoted = tax_queries.quote_of_subject(source.id)
    net = price if quoted is None else quoted.line.net
    commission = commission_on(_sale(offer, price=net, now=now))
    with guard.guarded():
        line = OrderLine.objects.create(
            order=order,
            offer_id=offer.id,
            unit_id=source.unit_id,
            title=offer.title,
            price_minor=price.minor,
            tax_minor=source.tax_minor,
            due_today_minor=source.due_today_minor,
            currency=order.currency,
            commission_minor=commission.amount.minor,
            commission_words=commission.words[:160],
            terms_id=source.terms_id,
            disclosure_id=source.disclosure_id,
            fit=frozen_fit(offer, now=now),
            offer_seen=frozen_offer(offer),
            state=LineState.COMMITTED.value,
            committed_at=now,
            **guard.stamp(decision),
        )
    tax.commit(subject_id=source.id, line_id=line.id, now=now)
    offers.sell_unit(unit_id=source.unit_id, holder=source.checkout_id, now=now)
    note_move(
        line,
        move=COMMIT,
        from_state="",
        to_state=LineState.COMMITTED,
        actor="system:checkout",
        reason="",
        now=now,
    )
    plan_id = _open_plan(line, email=order.email, now=now)
    promise_credits(source, line_id=line.id, plan_id=plan_id, now=now)
    _seal(line, order=order, offer=offer, decision=decision, now=now)
    return line


def frozen_fit(offer: OfferRow, *, now: datetime) -> dict[str, object]:
    """Return the fit that the buyer was shown, with the network and the hash of its inputs."""
    network = catalogue.default_network()
    stored = offer_queries.fit_of(offer, network_id=network.id, now=now)
    if stored is None:
        return {}
    return {
        "network": {"code": network.code, "name": network.name},
        "on": clock.day_in(offer.time_zone, at=now).isoformat(),
        "label": stored.label,
        "sentence": stored.sentence,
        "inputs_hash": stored.inputs_hash,
        "verdict": stored.body,
    }


def frozen_offer(offer: OfferRow) -> dict[str, object]:
    """Return the offer as the buyer saw it."""
    return {
        "offer": offer.public_id,
        "seller": offer.seller_slug,
        "seller_name": offer.seller_name,
        "brand": offer.brand,
        "model": offer.model,
        "variant": offer.variant_code,
        "variant_slug": offer.variant_slug,
        "configuration": offer.configuration,
        "condition": offer.condition,
        "market": offer.market,
        "dispatch_days": offer.dispatch_days,
        "return_days": offer.return_days,
        "warranty_months": offer.warranty_months,
    }


def _sale(offer: OfferRow, *, price: Money, now: datetime) -> Sale:
    return Sale(
        price=price,
        market=offer.market,
        category_path=rights.subject_of(offer.variant_id).category_path,
        seller_id=offer.seller_id,
        condition=offer.condition,
        at=now,
    )


def _open_plan(line: OrderLine, *, email: str, now: datetime) -> UUID | None:
    if line.terms_id is None or line.disclosure_id is None:
        return None
    plan_id = credit.open_plan(
        order_line_id=line.id,
        terms_id=line.terms_id,
        disclosure_id=line.disclosure_id,
        buyer_email=email,
        now=now,
    )
    agreement_id = credit_queries.agreement_id_of_disclosure(line.disclosure_id)
    jobs.defer(DRAW_TASK, agreement_id=str(agreement_id))
    return plan_id


def _seal(
    line: OrderLine, *, order: Order, offer: OfferRow, decision: DecisionRow, now: datetime
) -> None:
    agreement = credit_queries.agreement_of_line(line.id)
    quoted = tax_queries.quote_of_line(line.id)
    evidence = passport.LineEvidence(
        line_id=line.id,
        order_number=order.number,
        seller={"slug": offer.seller_slug, "name": offer.seller_name},
        offer=dict(line.offer_seen),
        numbers=tuple(number for number in (line.unit.imei, line.unit.serial) if number),
        price=Money(line.price_minor, line.currency),
        tax=told_tax(None if quoted is None else quoted.line, currency=line.currency),
        due_today=Money(line.due_today_minor, line.currency),
        fit=dict(line.fit),
        decision=decision,
        disclosure=None if line.disclosure is None else line.disclosure.body,
        disclosure_sha256="" if line.disclosure is None else line.disclosure.sha256,
        committed_at=line.committed_at,
        agreement_sha256="" if agreement is None else agreement.sha256,
        tax_told={} if quoted is None else told_in_evidence(quoted.line),
    )
    sealed = passport.seal(passport.body_of(evidence))
    Passport.objects.create(
        line=line, body=sealed.body, sha256=sealed.sha256, jws=sealed.jws, sealed_at=now
    )
