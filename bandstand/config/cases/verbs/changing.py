"""Steps that change facts: grants, keys, statuses, approvals, policy, standing, the catalogue."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from bandstand.config.cases.answers import Observed
from bandstand.config.cases.building import rebrand_variant
from bandstand.config.cases.changes import change_key
from bandstand.config.cases.facts import publish_statement, record_approval, record_policy
from bandstand.config.cases.fields import CaseWordsError, Part
from bandstand.config.cases.grants import record_grants
from bandstand.config.cases.outage import rights_away, rights_back
from bandstand.config.cases.play import Play
from bandstand.config.cases.proofs import revoke_key
from bandstand.config.cases.shelves import stock_in
from bandstand.config.cases.stock import draft, unit_of
from bandstand.config.cases.world import ACTOR
from bandstand.offers.models import Offer, Unit
from bandstand.parties import services as parties
from bandstand.rights import services as rights

REASON: Final = "As the case has it."
DONE: Final = Observed({"decision": "allow", "reasons": []})


def revoke_grant(play: Play, step: Part) -> Observed:
    """Take a grant back."""
    name = step.text(step.first("id", "grant") or "grant")
    note = play.world.grant(name, where=step.where)
    rights.revoke_grant(
        grant_id=note.id, reason=step.text("reason", REASON), actor=ACTOR, now=play.at
    )
    return DONE


def add_grant(play: Play, step: Part) -> Observed:
    """Record one more grant: one of the book's by its name, or one that the step writes out."""
    written = step.raw("grant")
    named = step.maybe("id") or (written if isinstance(written, str) else None)
    words = {name: step.raw(name) for name in step.names if name not in {"do", "at", "expect"}}
    if isinstance(written, Mapping):
        words = dict(written)
    elif named in play.world.book_grants:
        words = {**play.world.book_grants[str(named)], **words, "id": named}
    words.pop("grant", None)
    record_grants(play.world, [Part(words, where=f"{step.where}.grant")], at=play.at)
    return DONE


def revoke_signing_key(play: Play, step: Part) -> Observed:
    """Revoke a key."""
    kid = step.text(step.first("key", "kid", "id") or "key")
    revoke_key(
        kid,
        at=play.at,
        reason=step.text("reason", REASON),
        compromised=step.flag("compromised"),
    )
    step.nothing_more("brand")
    return DONE


def change_signing_key(play: Play, step: Part) -> Observed:
    """Set the state of a key."""
    change_key(step.text(step.first("key", "kid", "id") or "key"), step, at=play.at)
    return DONE


def fetch_status(play: Play, step: Part) -> Observed:
    """
    Let the shop ask whether grants still stand; the step says what the issuers' hosts answer.

    ``result`` is ok, revoked (with the grant it names) or unreachable.
    """
    result = str(step.raw("result", step.raw("status", step.raw("answer", "ok"))))
    named = step.first("grant", "id")
    grant = step.text(named) if named else ""
    statuses = play.world.statuses
    if result == "revoked":
        play.world.grant(grant, where=step.where)
        statuses.set_bits.add(grant)
    elif result not in {"ok", "good", "valid", "unreachable", "error", "timeout", "404", "500"}:
        raise CaseWordsError(f"{step.where}.result: write ok, revoked or unreachable.")
    is_silent = result not in {"ok", "good", "valid", "revoked"}
    statuses.is_silent, before = is_silent, statuses.is_silent
    statuses.ask(now=play.at)
    statuses.is_silent = before
    return Observed({"decision": "allow", "status": "unreachable" if is_silent else result})


def lose_status(play: Play, step: Part) -> Observed:
    """From now on no issuer's host answers."""
    step.nothing_more("grant", "id", "brand")
    play.world.statuses.is_silent = True
    return DONE


def set_approval(play: Play, step: Part) -> Observed:
    """Record how an approval stands from now on."""
    market = step.text("market", "US")
    words: dict[str, Any] = {name: step.raw(name) for name in step.names}
    state = str(words.get("state", "granted"))
    if "from" not in words and f"{state}_from" not in words:
        words["from"] = play.at.isoformat()
    kept = {
        one: words[one] for one in words if one not in {"do", "at", "expect", "variant", "market"}
    }
    if "approval" in kept and isinstance(kept["approval"], Mapping):
        kept = {"from": words["from"], **kept["approval"]}
    part = Part(kept, where=step.where)
    record_approval(play.world, step.text("variant"), market=market, words=part, at=play.at)
    return DONE


def set_policy(play: Play, step: Part) -> Observed:
    """Publish another policy from now on."""
    words = step.raw("policy")
    if not isinstance(words, Mapping):
        words = {one: step.raw(one) for one in step.names if one not in {"do", "at", "expect"}}
    version = f"cases-{play.at:%Y%m%d%H%M%S}"
    record_policy(play.world, Part(words, where=step.where), at=play.at, version=version)
    return DONE


def say_statement(play: Play, step: Part) -> Observed:
    """Publish what a brand says of its channels."""
    publish_statement(play.world, step, at=play.at)
    return DONE


def suspend_seller(play: Play, step: Part) -> Observed:
    """Suspend a seller."""
    party = play.world.party(step.text("seller"), where=step.where).id
    parties.suspend_party(
        party_id=party, actor=ACTOR, now=play.at, reason=step.text("reason", REASON)
    )
    return DONE


def reinstate_seller(play: Play, step: Part) -> Observed:
    """End the suspension of a seller."""
    party = play.world.party(step.text("seller"), where=step.where).id
    parties.reinstate_party(
        party_id=party, actor=ACTOR, now=play.at, reason=step.text("reason", REASON)
    )
    return DONE


def verify_seller(play: Play, step: Part) -> Observed:
    """Record that a seller's identity was checked."""
    party = play.world.party(step.text("seller"), where=step.where).id
    parties.verify_party(party_id=party, actor=ACTOR, now=play.at)
    return DONE


def rebrand(play: Play, step: Part) -> Observed:
    """Move a variant to another brand in the catalogue."""
    rebrand_variant(play.world, step.text("variant"), brand=step.text("brand"))
    return DONE


def let_time_pass(play: Play, step: Part) -> Observed:
    """Let time pass to an instant, or by a length of time."""
    if "to" in step:
        play.go_to(step.instant("to"))
    named = step.first("by", "advance")
    if named is not None:
        play.go_to(play.at + step.span(named, timedelta()))
    return DONE


def set_stock(play: Play, step: Part) -> Observed:
    """Receive units of an offer, or sell it out: stock says nothing about holds."""
    stock = stock_in(play, step)
    offer_id = draft(play.world, stock)
    quantity = step.number(step.first("quantity", "stock", "units", "count") or "quantity", 0)
    free = list(Unit.objects.filter(offer_id=offer_id, state="in_stock").order_by("id"))
    for unit in free[quantity:]:
        Unit.objects.filter(pk=unit.id).update(state="quarantined")
    for _ in range(quantity - len(free)):
        unit_of(play.world, stock, offer_id=offer_id)
    left = Unit.objects.filter(offer_id=offer_id, state="in_stock").count()
    state = Offer.objects.values_list("state", flat=True).get(pk=offer_id)
    return Observed({"decision": "allow", "stock": left, "listed": state == "listed"})


def lose_rights_store(play: Play, step: Part) -> Observed:
    """From now on the rights store cannot be read; or it can again, if the step says so."""
    state = str(step.raw("state", step.raw("status", "down")))
    (rights_back if state in {"up", "ok", "available", "true"} else rights_away)()
    return Observed({"rights_store": state, "at": play.at})


def find_rights_store(play: Play, step: Part) -> Observed:
    """From now on the rights store can be read again."""
    step.nothing_more("state", "status")
    rights_back()
    return Observed({"rights_store": "up", "at": play.at})


VERBS: Final[Mapping[str, Any]] = {
    "grant.revoke": revoke_grant,
    "grant.add": add_grant,
    "grant.issue": add_grant,
    "grant.present": add_grant,
    "credential.present": add_grant,
    "key.revoke": revoke_signing_key,
    "key.set": change_signing_key,
    "status.fetch": fetch_status,
    "status.check": fetch_status,
    "status.refresh": fetch_status,
    "status.fail": lose_status,
    "status.unreachable": lose_status,
    "approval.set": set_approval,
    "approval.change": set_approval,
    "approval.limit": set_approval,
    "approval.record": set_approval,
    "policy.set": set_policy,
    "policy.change": set_policy,
    "statement.publish": say_statement,
    "brand.state": say_statement,
    "seller.suspend": suspend_seller,
    "seller.reinstate": reinstate_seller,
    "seller.verify": verify_seller,
    "variant.rebrand": rebrand,
    "variant.retag": rebrand,
    "clock.advance": let_time_pass,
    "clock.set": let_time_pass,
    "wait": let_time_pass,
    "stock.set": set_stock,
    "stock.receive": set_stock,
    "stock.add": set_stock,
    "rights.store": lose_rights_store,
    "rights.down": lose_rights_store,
    "rights.unavailable": lose_rights_store,
    "rights_store.down": lose_rights_store,
    "rights_store.unavailable": lose_rights_store,
    "store.unavailable": lose_rights_store,
    "rights_store.fail": lose_rights_store,
    "store.down": lose_rights_store,
    "store.fail": lose_rights_store,
    "fault.inject": lose_rights_store,
    "rights.up": find_rights_store,
    "rights_store.up": find_rights_store,
    "store.up": find_rights_store,
}
