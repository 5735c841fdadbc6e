"""Steps in which the shop reads what a brand publishes."""

from collections.abc import Mapping
from typing import Any, Final

from bandstand.config.cases.answers import Observed
from bandstand.config.cases.fields import Part
from bandstand.config.cases.lists import fetch_list
from bandstand.config.cases.play import Play


def read_list(play: Play, step: Part) -> Observed:
    """Let the shop read a brand's list."""
    return fetch_list(play.world, step, at=play.at)


VERBS: Final[Mapping[str, Any]] = {"list.fetch": read_list, "list.read": read_list}
