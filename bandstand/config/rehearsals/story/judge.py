"""
The judgement: by the database's own commit instants, by the pages' own queries, by the books.

Nothing here asks the program what it meant to do.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from bandstand.config.rehearsals.story.buyers import MEIZU, XIAOMI, Crowd, Shopper
from bandstand.config.rehearsals.story.cast import MARKET, PHONES, Cast
from bandstand.kernel.errors import DomainError
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.offers import queries as offers
from bandstand.offers.queries import ShelfQuery
from bandstand.orders import passport
from bandstand.orders.models import Passport
from bandstand.orders.queries.baskets import basket_page
from bandstand.plumbing import clock
from bandstand.takedowns import queries as takedowns

COMMITS: Final = """
select count(*) filter (where in_scope),
       count(*) filter (where in_scope and placed > held),
       count(*) filter (where not in_scope and placed > held)
  from (
    select %(brand)s = any(l.brand_path) as in_scope,
           pg_xact_commit_timestamp(o.xmin) as placed, pg_xact_commit_timestamp(h.xmin) as held
      from orders_orderline l join orders_order o on o.id = l.order_id,
           (select xmin from gate_hold where id = %(hold)s) h
  ) as judged
"""
SOLD_TWICE: Final = """
select count(*) from (
  select unit_id from orders_orderline where state not in ('cancelled', 'returned')
   group by unit_id having count(*) > 1) as twice
"""


@dataclass(frozen=True, slots=True)
class Commits:
    """Order lines by when their transaction committed, against the hold's."""

    in_scope: int
    after_hold: int
    elsewhere_after_hold: int


def commits(*, hold_id: UUID, brand_id: UUID) -> Commits:
    """
    Count the orders that committed, and those of the brand that committed after the hold had.

    An order's row is written once, so its transaction is the one that made it; lines change state.
    """
    with connection.cursor() as cursor:
        cursor.execute(COMMITS, {"brand": brand_id, "hold": hold_id})
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 -- an aggregate has a row
    return Commits(*row)


def sold_twice() -> int:
    """Count the phones that two living order lines claim."""
    with connection.cursor() as cursor:
        cursor.execute(SOLD_TWICE)
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 -- an aggregate has a row
    return int(row[0])


def surfaces(cast: Cast, crowd: Crowd, *, now: datetime) -> list[dict[str, object]]:
    """Ask every surface that shoppers meet what it says; each must agree with the hold."""
    said = [_phone_says(cast, phone.key, now=now) for phone in PHONES]
    said.append(_search_says(cast, now=now))
    said.append(_baskets_say(crowd, now=now))
    said.append(_new_basket_says(cast, now=now))
    return said


def passports() -> tuple[int, int]:
    """Verify every passport against the shop's public keys; return how many, and how many fail."""
    jwks = passport.public_jwks()
    sealed = list(Passport.objects.values_list("jws", flat=True))
    bad = sum(not passport.verify_passport(jws, jwks).ok for jws in sealed)
    return len(sealed), bad


def refund_due_left() -> int:
    """Return what the books say is still owed back to buyers, in minor units."""
    rows = ledger.balances(code=AccountCode.REFUND_DUE, currency="USD")
    return -sum(row.balance.minor for row in rows)


def _phone_says(cast: Cast, key: str, *, now: datetime) -> dict[str, object]:
    offer_id, is_stopped = cast.offers[key], key in XIAOMI
    shelf = _shelf(cast, now=now)
    on_shelf = any(card.offer_id == offer_id for card in shelf.cards)
    page = offers.offer_page(offer_id=offer_id, now=now)
    is_page_open = page is not None and page.hold is None
    stopped = takedowns.stopped_page(offer_id=offer_id, now=now)
    agrees = (on_shelf, is_page_open, stopped is not None) == (
        not is_stopped,
        not is_stopped,
        is_stopped,
    )
    return {
        "surface": f"shelf and page of {key}",
        "says": stopped.reason if stopped else "on sale",
        "agrees": agrees,
    }


def _search_says(cast: Cast, *, now: datetime) -> dict[str, object]:
    found = {text: _shelf(cast, text=text, now=now).total for text in ("Xiaomi", "Mi 4", "m2 note")}
    return {
        "surface": "search",
        "says": ", ".join(f"“{text}”: {count}" for text, count in found.items()),
        "agrees": found == {"Xiaomi": 0, "Mi 4": 0, "m2 note": 1},
    }


def _baskets_say(crowd: Crowd, *, now: datetime) -> dict[str, object]:
    pages = [basket_page(basket_id=basket, now=now) for basket in crowd.baskets]
    lines = [line for page in pages for line in page.lines]
    return {
        "surface": f"{len(pages)} old baskets",
        "says": " / ".join(sorted({line.problem or "can be bought" for line in lines})),
        "agrees": len(lines) == len(pages)
        and all(line.hold is not None for line in lines)
        and not any(page.can_check_out for page in pages),
    }


def _new_basket_says(cast: Cast, *, now: datetime) -> dict[str, object]:
    """Try to buy a stopped phone from the start, and another brand's, which must still go."""
    answers = {}
    for key in (XIAOMI[2], MEIZU):
        shopper = Shopper(name="newcomer", offer=cast.offers[key], terms=None)
        try:
            shopper.check_out(shopper.fill_basket(now=now), now=now)
        except DomainError as refused:
            answers[key] = refused.code
        else:
            answers[key] = "goes on"
    return {
        "surface": "a new checkout",
        "says": "; ".join(f"{key}: {answer}" for key, answer in answers.items()),
        "agrees": answers[XIAOMI[2]] != "goes on" and answers[MEIZU] == "goes on",
    }


def _shelf(cast: Cast, *, now: datetime, text: str = "") -> offers.ShelfPage:
    return offers.shelf(
        ShelfQuery(
            market=MARKET,
            network_id=cast.network_id,
            on=clock.day_in("America/New_York", at=now),
            works_here=False,
            text=text,
        )
    )
