"""What other rooms hear of provenance."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CustodyChanged:
    """
    Events about units were captured: whoever decided on their custody must decide anew.

    ``identifiers`` are canonical; ``rules.ids.unit_ids_of`` reads an IMEI, or a GTIN with a serial,
    out of one. What was in a box that moved is among them.
    """

    KIND: ClassVar[str] = "provenance.custody_changed"
    identifiers: tuple[str, ...]
