"""
Buyers who keep ordering from connections of their own, while the notice comes.

Each thread has its own database connection, as each process of a running shop has; two of them are
the shop's workers, who take the provider's news and make the orders.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from threading import Event, Lock, Thread
from typing import Final

from django.db import connections

from bandstand.config.rehearsals.story.buyers import MEIZU, XIAOMI, Shopper
from bandstand.config.rehearsals.story.cast import Cast
from bandstand.config.rehearsals.story.staff import NAP_SECONDS, Staff
from bandstand.kernel.errors import DomainError
from bandstand.orders.rules import LineRefusedError

BUYERS: Final = 6
WORKERS: Final = 2
JOIN_SECONDS_MAX: Final = 30


class Rush:
    """A crowd at the door, from the opening of the context to its end."""

    def __init__(self, cast: Cast, staff: Staff) -> None:
        """Take the scene."""
        self._cast = cast
        self._staff = staff
        self._closed = Event()
        self._counting = Lock()
        self.tried: Counter[str] = Counter()
        self.failures: list[BaseException] = []

    @contextmanager
    def running(self) -> Iterator["Rush"]:
        """Run buyers and workers until the block ends; raise what a thread fell over."""
        threads = [Thread(target=self._run, args=(self._buy, n)) for n in range(BUYERS)]
        threads += [Thread(target=self._run, args=(self._serve, n)) for n in range(WORKERS)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._closed.set()
            for thread in threads:
                thread.join(JOIN_SECONDS_MAX)
        if self.failures:
            raise self.failures[0]

    def _run(self, work: Callable[[int], None], number: int) -> None:
        try:
            while not self._closed.is_set():
                work(number)
        except Exception as error:  # noqa: BLE001 -- told by the thread that waits for this one
            self.failures.append(error)
        finally:
            connections.close_all()

    def _buy(self, number: int) -> None:
        # Of four attempts three are for the brand's phones and one for the other brand's.
        wanted = islice(cycle((*XIAOMI, MEIZU)), number, number + 4)
        for phone in wanted:
            if self._closed.is_set():
                return
            self._note(self._attempt(phone, name=f"rush {number} {self._count()}"))

    def _attempt(self, phone: str, *, name: str) -> str:
        terms = self._cast.terms if name[-1] in "02468" else None
        shopper = Shopper(name=name, offer=self._cast.offers[phone], terms=terms)
        now = self._staff.now
        try:
            basket = shopper.fill_basket(now=now())
            shopper.pay(shopper.check_out(basket, now=now()), now=now())
        except LineRefusedError as refused:
            return refused.refusals[0].code
        except DomainError as refused:
            return refused.code
        return "paying"

    def _serve(self, number: int) -> None:
        # The first worker takes the provider's news; cards are charged later, after the notice.
        done = self._staff.work(captures=False) if number == 0 else self._staff.tell()
        if not done:
            time.sleep(NAP_SECONDS)

    def _note(self, outcome: str) -> None:
        with self._counting:
            self.tried[outcome] += 1

    def _count(self) -> int:
        with self._counting:
            return self.tried.total()
