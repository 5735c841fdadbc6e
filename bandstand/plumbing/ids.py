"""
New keys: UUIDv7, so that rows made together lie together in their index.

Within a process keys only ever rise, also inside one millisecond, so ordering by key is the order
of making.

Source: RFC 9562, section 5.7 and section 6.2 method 1, fixed bit-length counter (read 2026-11-22).
"""

import os
import threading
import time
from typing import Final
from uuid import UUID

COUNTER_BITS: Final = 12
COUNTER_MAX: Final = (1 << COUNTER_BITS) - 1
RANDOM_BITS: Final = 62
VERSION: Final = 0x7
VARIANT: Final = 0b10

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def new_id() -> UUID:
    """Return a fresh key: 48 bits of Unix milliseconds, 12 of a counter, 62 random."""
    milliseconds, counter = _tick()
    random = int.from_bytes(os.urandom(8), "big") >> (64 - RANDOM_BITS)
    value = (milliseconds << 80) | (VERSION << 76) | (counter << 64)
    return UUID(int=value | (VARIANT << 62) | random)


def _tick() -> tuple[int, int]:
    global _last_ms, _counter  # noqa: PLW0603 -- the counter is the process's, like its clock
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            _last_ms, _counter = now, 0
        elif _counter < COUNTER_MAX:
            _counter += 1
        else:
            # The counter is used up, or the clock stepped back: run a little ahead of it.
            _last_ms, _counter = _last_ms + 1, 0
        return _last_ms, _counter
