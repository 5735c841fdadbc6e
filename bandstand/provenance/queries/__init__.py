"""Reads of provenance: custody of units, captured events, capture jobs, keys."""

from bandstand.provenance.queries.custody import custodies_of, custody_events_of, custody_of
from bandstand.provenance.queries.jobs import CaptureJobRow
from bandstand.provenance.queries.unit_events import EventRow
from bandstand.provenance.rules.custody import Custody

__all__ = [
    "CaptureJobRow",
    "Custody",
    "EventRow",
    "custodies_of",
    "custody_events_of",
    "custody_of",
]
