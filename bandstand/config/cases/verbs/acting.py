"""Steps of buyers, carriers and the warehouse: baskets, orders, money, parcels, returns."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bandstand.config.cases.answers import Observed, of_decision
from bandstand.config.cases.buyers import (
    SOON,
    ask_about,
    authorise,
    capture,
    commit,
    fill_basket,
    line_state,
    refused_by_gate,
)
from bandstand.config.cases.fields import CaseWordsError, Part, known
from bandstand.config.cases.grants import named_grants, record_grants
from bandstand.config.cases.play import Order, Play
from bandstand.config.cases.questions import NOT_ABOUT_RIGHTS
from bandstand.config.cases.shop_hands import work
from bandstand.config.cases.standing import observe
from bandstand.config.cases.world import ACTOR
from bandstand.gate.rules import Activity
from bandstand.kernel.errors import DomainError
from bandstand.orders import services as orders
from bandstand.orders.rules import LineState

CARRIER: Final = "Post"
PAID: Final = frozenset({LineState.PAID, LineState.RELEASED, LineState.DELIVERED})


def add_to_cart(play: Play, step: Part) -> Observed:
    """Put a phone in a basket."""
    order, refusal = _fill(play, step)
    allowed = Observed({"decision": "allow", "reasons": []})
    observed = of_decision(refusal, world=play.world) if refusal else allowed
    return observe(order, observed)


def authorise_payment(play: Play, step: Part) -> Observed:
    """Have the buyer's card authorised."""
    order, refusal = _order(play, step)
    if refusal is None:
        refusal = _authorise(play, step, order=order)
    return observe(order, refusal or Observed({"decision": "allow", "reasons": []}))


def begin(play: Play, step: Part) -> Observed:
    """Go as far as the buyer's bank: everything that comes before the commit."""
    fresh = [
        one
        for one in named_grants(play.world, step, "grants")
        if one.text("id") not in play.world.grants
    ]
    record_grants(play.world, fresh, at=play.at)
    return authorise_payment(play, step)


def commit_order(play: Play, step: Part) -> Observed:
    """Commit an order, coming to it from the basket if no step has."""
    order, refusal = _order(play, step)
    if order.order_id is not None:
        return observe(order, Observed({"decision": "allow", "reasons": []}))
    if refusal is None and order.checkout_id is None:
        refusal = _authorise(play, step, order=order)
    named = step.maybe("decision")
    earlier = (
        known(named, among=play.decisions, what="decision", where=step.where) if named else None
    )
    observed = refusal or commit(play, order, earlier=earlier)
    noted = observe(order, observed)
    is_captured_later = play.is_to_come("payment.capture", order=order.name)
    if line_state(order) is LineState.COMMITTED and not is_captured_later:
        work(now=play.at, later=play.at + SOON)
    return noted


def capture_payment(play: Play, step: Part) -> Observed:
    """Let the money be taken, as the worker does that sends what was claimed."""
    order, refusal = _order(play, step)
    if refusal is not None:
        return observe(order, refusal)
    decision = ask_about(play, order, activity=Activity.PAYMENT_CAPTURE)
    capture(play)
    if not decision.is_allowed:
        _follow(play)
    else:
        work(now=play.at, later=play.at + SOON)
    return observe(order, of_decision(decision, world=play.world))


def print_label(play: Play, step: Part) -> Observed:
    """Have the parcel packed: money and letters are done by then, the parcel is not out."""
    order, _ = _order(play, step)
    work(now=play.at, later=play.at + SOON)
    return observe(order, Observed({"decision": "allow", "reasons": []}))


def release(play: Play, step: Part) -> Observed:
    """Hand the parcel to the carrier."""
    order, refusal = _order(play, step)
    if refusal is not None or order.line_id is None:
        return observe(order, refusal or _no_order(order))
    step.nothing_more("tracking", "carrier")
    try:
        orders.release_line(line_id=order.line_id, carrier=CARRIER, actor=ACTOR, now=play.at)
    except DomainError as refused:
        observed = refused_by_gate(
            play, order, activity=Activity.FULFILMENT_RELEASE, because=refused
        )
        _follow(play)
        return observe(order, observed)
    decision = ask_about(play, order, activity=Activity.FULFILMENT_RELEASE)
    return observe(order, of_decision(decision, world=play.world))


def deliver(play: Play, step: Part) -> Observed:
    """Note that the parcel arrived."""
    return _moved(play, step, move=orders.deliver_line)


def cancel(play: Play, step: Part) -> Observed:
    """Cancel an order that has not left the house."""
    reason = step.text("reason", "As the case has it.")
    return _moved(play, step, move=lambda **words: orders.cancel_line(reason=reason, **words))


def receive_return(play: Play, step: Part) -> Observed:
    """Take a phone back from its buyer."""
    reason = step.text("reason", "As the case has it.")
    return _moved(play, step, move=lambda **words: orders.return_line(reason=reason, **words))


def may_later(activity: Activity) -> Callable[[Play, Part], Observed]:
    """Return the verb that asks the gate about a later step of a sale, and follows what it says."""

    def asked(play: Play, step: Part) -> Observed:
        order, refusal = _order(play, step)
        decision = ask_about(play, order, activity=activity)
        observed = refusal or of_decision(decision, world=play.world)
        if not decision.is_allowed:
            _follow(play)
        return observe(order, observed)

    return asked


def look(play: Play, step: Part) -> Observed:
    """Look at where an order stands once the shop's jobs have run."""
    order, refusal = _order(play, step)
    _follow(play)
    return observe(order, refusal or Observed({"decision": "allow", "reasons": []}))


def follow(play: Play, step: Part) -> Observed:
    """Let the shop's jobs run: the aftermath of every hold, money, letters."""
    step.nothing_more("order")
    _follow(play)
    return Observed({"decision": "allow"})


def _follow(play: Play) -> None:
    play.follow_holds()


def _moved(play: Play, step: Part, *, move: Callable[..., object]) -> Observed:
    order, refusal = _order(play, step)
    if refusal is not None or order.line_id is None:
        return observe(order, refusal or _no_order(order))
    work(now=play.at, later=play.at + SOON)
    try:
        move(line_id=order.line_id, actor=ACTOR, now=play.at)
    except DomainError as refused:
        observed = Observed(
            {"decision": "deny", "reasons": [refused.code], "refused": refused.code}
        )
        return observe(order, observed)
    return observe(order, Observed({"decision": "allow", "reasons": []}))


def _fill(play: Play, step: Part) -> tuple[Order, Any]:
    step.nothing_more(*NOT_ABOUT_RIGHTS)
    return fill_basket(play, step, order=step.text("order", f"o{len(play.orders) + 1}"))


def _order(play: Play, step: Part) -> tuple[Order, Observed | None]:
    """Return the order that a step names, from the basket on if it says what is bought."""
    name = step.text("order", "o1")
    if name in play.orders:
        step.nothing_more("seller", "variant", "deliver_to", "condition", *NOT_ABOUT_RIGHTS)
        order = play.orders[name]
    elif "variant" in step:
        order, _ = _fill(play, step)
    else:
        order = known(name, among=play.orders, what="order of this case", where=step.where)
    refusal = of_decision(order.refusal, world=play.world) if order.refusal else None
    return order, refusal


def _authorise(play: Play, step: Part, *, order: Order) -> Observed | None:
    """Have the card authorised; return the refusal if the checkout is refused."""
    country = step.text("deliver_to", "US")
    try:
        authorise(play, order, deliver_to=country, card=step.text("card", "tok_ok"))
    except CaseWordsError:
        raise
    except DomainError as refused:
        order.is_refused = True
        return refused_by_gate(play, order, activity=Activity.ORDER_COMMIT, because=refused)
    return None


def _no_order(order: Order) -> Observed:
    state = line_state(order)
    return Observed(
        {"decision": "deny", "reasons": ["NO_ORDER"], "line": state.value if state else ""}
    )


VERBS: Final[Mapping[str, Any]] = {
    "cart.add": add_to_cart,
    "basket.add": add_to_cart,
    "payment.authorise": authorise_payment,
    "payment.authorize": authorise_payment,
    "checkout.begin": begin,
    "checkout.start": begin,
    "tx.begin": begin,
    "order.commit": commit_order,
    "order.place": commit_order,
    "tx.commit": commit_order,
    "payment.capture": capture_payment,
    "label.print": print_label,
    "fulfilment.pack": print_label,
    "fulfilment.release": release,
    "parcel.release": release,
    "order.ship": release,
    "order.deliver": deliver,
    "delivery.confirm": deliver,
    "fulfilment.deliver": deliver,
    "order.cancel": cancel,
    "return.receive": receive_return,
    "order.return": receive_return,
    "restock": may_later(Activity.RESTOCK),
    "return.restock": may_later(Activity.RESTOCK),
    "exchange.ship": may_later(Activity.EXCHANGE_SHIP),
    "import": may_later(Activity.IMPORT),
    "order.look": look,
    "order.check": look,
    "jobs.run": follow,
    "aftermath.run": follow,
}
