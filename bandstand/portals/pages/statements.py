"""A brand's statement before it is published: what it says, and which offers would stop."""

from typing import Final

from bandstand.offers.services.foreseeing import Foreseen, OfferTurn
from bandstand.plumbing.desk.confirming import ConfirmPage
from bandstand.plumbing.desk.tables import Fact, Stat
from bandstand.plumbing.desk.words import plural, state_word
from bandstand.portals.statement_form import SAYS, StatementForm

HERE: Final = "/portals/brand/rights/statements/new/"
RIGHTS: Final = "/portals/brand/rights/"
TURNS_SHOWN: Final = 16


def question(
    foreseen: Foreseen, *, form: StatementForm, fields: tuple[tuple[str, str], ...]
) -> ConfirmPage:
    """Return the preview of a statement: the offers under the mark that it stops or lets in."""
    said = form.cleaned_data
    shelf = [one for one in foreseen.turns if one.is_stopped or one.now.value == "allow"]
    left = len(shelf) - TURNS_SHOWN
    more = (Fact("And more", plural(left, "offer")),) if left > 0 else ()
    kind = form.kinds.get(said["category"])
    until = said["last_day"].isoformat() if said["last_day"] else "you say otherwise"
    below = ", with its sub-brands" if said["include_sub_brands"] else ""
    return ConfirmPage(
        title="Publish this statement?",
        text=_text(foreseen),
        warning="Orders that are not yet paid or sent are asked about again as well."
        if shelf
        else "",
        facts=(
            Fact("Brand", f"{form.brands[said['brand']].name}{below}"),
            Fact("Market", said["market"]),
            Fact("Goods", kind.name if kind else "Everything"),
            Fact("You say", dict(SAYS)[said["status"]]),
            Fact("From", said["from_date"].isoformat()),
            Fact("Until", until),
            *(_turn_fact(one) for one in shelf[:TURNS_SHOWN]),
            *more,
        ),
        stats=(
            Stat("Offers that stop", str(foreseen.stopped), kind="bad" if foreseen.stopped else ""),
            Stat("Offers let in", str(foreseen.opened)),
        ),
        action_url=HERE,
        back_url=RIGHTS,
        button="Yes, publish it",
        fields=fields,
        is_bad=bool(foreseen.stopped),
        can_edit=True,
    )


def _text(foreseen: Foreseen) -> str:
    if not foreseen.turns:
        return "No offer on the shelf today would stop. The statement counts for every new one."
    more = f" {plural(foreseen.left, 'more offer')} were not judged." if foreseen.left else ""
    return f"As the shelf stands today, it would turn these offers.{more}"


def _turn_fact(one: OfferTurn) -> Fact:
    # Why a seller's offer falls is told to its seller; the brand sees that it does.
    offer = one.offer
    return Fact(
        f"{offer.title}, {offer.configuration or offer.condition}: {offer.seller_name}",
        f"{state_word(one.was.value)} → {state_word(one.now.value)}",
    )
