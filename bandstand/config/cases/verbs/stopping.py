"""Steps that stop and let go: holds placed, lifted by two, confirmed, widened, expired."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bandstand.config.cases.answers import Observed
from bandstand.config.cases.fields import CaseWordsError, Part, known
from bandstand.config.cases.play import Play
from bandstand.config.cases.shelves import NO_UNIT
from bandstand.config.cases.stock import Stock, stock_of
from bandstand.config.cases.stops import BASES, activities_of, lift, place, place_held, scope_of
from bandstand.config.cases.world import ACTOR, SECOND
from bandstand.gate import services as gate
from bandstand.gate.models import Hold
from bandstand.gate.rules import Activity, Basis
from bandstand.kernel.errors import DomainError
from bandstand.offers import services as offers
from bandstand.rights.rules import Condition

BY_TWO: Final = ("staff", "operator", "two_staff", "two_people", "second_person")
BY_BRAND: Final = ("brand", "notifier", "brand_account")
BY_NOBODY: Final = ("stock", "stock_level", "restock", "system", "script", "job", "timer")


def place_hold(play: Play, step: Part) -> Observed:
    """Place a hold; a listing that it names is made if no step has named it before."""
    _name_listing(play, step)
    hold_id = place(play.world, step, at=play.at)
    return _standing(hold_id, play=play)


def place_first(play: Play, words: Part) -> None:
    """Place a hold that stands before the first step."""
    _name_listing(play, words)
    place_held(play.world, words, at=play.at)


def lift_hold(play: Play, step: Part) -> Observed:
    """
    Lift a hold as the step has it: by two of the staff, or by whoever tries.

    A brand may ask and nobody of it confirms; stock levels and scripts have no way to ask at all.
    """
    hold_id = play.world.hold(step.text("id"), where=step.where)
    by, reason = step.text("by", "staff"), step.text("reason", "As the case has it.")
    second = step.raw("confirmed_by", step.raw("second", default=True))
    try:
        if by in BY_TWO and second not in {False, None, "none", by}:
            lift(hold_id, reason=reason, at=play.at)
        elif by in BY_TWO:
            _lift_alone(hold_id, reason=reason, at=play.at, same=second == by)
        else:
            _lift_by_other(play, hold_id, by=by, reason=reason)
    except CaseWordsError:
        raise
    except DomainError as refused:
        return _standing(hold_id, play=play).note(
            decision="deny", refused=refused.code, reasons=[refused.code]
        )
    return _standing(hold_id, play=play)


def confirm_hold(play: Play, step: Part) -> Observed:
    """Let a provisional hold stand until it is lifted."""
    name = step.text("id")
    basis = known(step.text("basis", "operator"), among=BASES, what="basis", where=step.where)
    confirmed = gate.confirm_provisional(
        hold_id=play.world.hold(name, where=step.where),
        basis=Basis.OPERATOR if basis is Basis.UNVERIFIED_NOTICE else basis,
        reason=step.text("reason", "The sale is stopped as the case has it."),
        actor=SECOND,
        now=play.at,
    )
    play.world.holds[step.text("new_id", f"{name}-confirmed")] = confirmed
    return _standing(confirmed, play=play)


def widen_hold(play: Play, step: Part) -> Observed:
    """Place a wider hold over one, by two of the staff."""
    name = step.text("id")
    hold = Hold.objects.get(pk=play.world.hold(name, where=step.where))
    named = "activities" in step
    request = gate.propose_widening(
        hold_id=hold.id,
        scope=scope_of(play.world, step.part("scope")),
        activities=activities_of(step) if named else frozenset(map(Activity, hold.activities)),
        reason=step.text("reason", "As the case has it."),
        actor=ACTOR,
        now=play.at,
    )
    wider = gate.confirm_widening(request_id=request, actor=SECOND, now=play.at)
    play.world.holds[step.text("new_id", f"{name}-wider")] = wider
    return _standing(wider, play=play)


def expire_holds(play: Play, step: Part) -> Observed:
    """Let the shop's job look at the holds whose time has come."""
    step.nothing_more("id")
    return Observed({"turned": gate.turn_holds(now=play.at)})


def _lift_alone(hold_id: UUID, *, reason: str, at: datetime, same: bool) -> None:
    request = gate.propose_lift(hold_id=hold_id, reason=reason, actor=ACTOR, now=at)
    if same:
        gate.confirm_lift(request_id=request, actor=ACTOR, now=at)


def _lift_by_other(play: Play, hold_id: UUID, *, by: str, reason: str) -> None:
    if by in BY_NOBODY:
        gate.propose_lift(hold_id=hold_id, reason=reason, actor=f"system:{by}", now=play.at)
        return
    kind, _, name = by.partition(":")
    if kind in BY_BRAND or name in play.world.brands or by in play.world.brands:
        brand = play.world.brands.get(name or by) or next(iter(play.world.brands.values()))
        gate.propose_lift(
            hold_id=hold_id, reason=reason, actor=brand.email, on_behalf_of=brand.owner, now=play.at
        )
        return
    party = play.world.party(name or by)
    gate.propose_lift(hold_id=hold_id, reason=reason, actor=party.email, now=play.at)


def _name_listing(play: Play, words: Part) -> None:
    scope = words.part("scope")
    named = scope.first("listing", "offer")
    name = scope.text(named) if named else ""
    if not name or name in play.world.listings:
        return
    seller, variant = _who_lists(play, name)
    stock = Stock(
        variant=variant,
        seller_id=play.world.party(seller).id,
        market="US" if "US" in play.world.markets else next(iter(play.world.markets)),
        condition=Condition.NEW,
        custody=play.custody,
        unit=NO_UNIT,
        at=play.at,
        listing=name,
    )
    # On the shelf before somebody complains of it, if the gate lets it be there.
    kept = stock_of(play.world, stock)
    play.world.listings[name] = kept.offer_id
    offers.publish(offer_id=kept.offer_id, actor=ACTOR, now=play.at)


def _who_lists(play: Play, name: str) -> tuple[str, str]:
    """Return the seller and variant of a listing from the first step to come that speaks of it."""
    for step in play.steps:
        if step.raw("listing") == name and "variant" in step and "seller" in step:
            return step.text("seller"), step.text("variant")
    raise CaseWordsError(f"No step says who sells what in the listing {name}.")


def _standing(hold_id: UUID, *, play: Play) -> Observed:
    hold = Hold.objects.get(pk=hold_id)
    is_lifted = hold.lifted_at is not None
    is_over = hold.expires_at is not None and hold.expires_at <= play.at
    return Observed(
        {
            "decision": "allow",
            "hold": "lifted" if is_lifted else "expired" if is_over else "placed",
            "placed": True,
            "lifted": is_lifted,
            "in_force": not is_lifted and not is_over and hold.effective_at <= play.at,
            "anchor": hold.anchor,
        }
    )


VERBS: Final[Mapping[str, Any]] = {
    "hold.place": place_hold,
    "hold.lift": lift_hold,
    "hold.confirm": confirm_hold,
    "hold.widen": widen_hold,
    "hold.expire": expire_holds,
    "holds.turn": expire_holds,
}
