"""
The Core Business Vocabulary: a short name, its URN and its web address are one word.

A word of one's own is a URI and is kept as it is written. A bare word, or a URI in GS1's own name
space, must be one that GS1 has defined.

Source: GS1 CBV 2.0, sections 7.1 (business steps), 7.2 (dispositions), 7.3 (business transaction
types), 7.4 (source and destination types), 7.5 (error reasons), as published in the JSON-LD context
of EPCIS 2.0.0 (read 2026-11-22).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bandstand.kernel.errors import BadInputError, near_matches

FEW: Final = 3
OWN_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[!-~]+")


class WordRefusedError(BadInputError):
    """A word that the vocabulary does not have."""

    code = "unknown_word"


class EventType(StrEnum):
    """The five kinds of event."""

    OBJECT = "ObjectEvent"
    AGGREGATION = "AggregationEvent"
    TRANSACTION = "TransactionEvent"
    TRANSFORMATION = "TransformationEvent"
    ASSOCIATION = "AssociationEvent"


class Action(StrEnum):
    """What an event does to the life of its things: begins, watches, ends."""

    ADD = "ADD"
    OBSERVE = "OBSERVE"
    DELETE = "DELETE"


TYPE_NAMES: Final = frozenset(one.value for one in EventType)
ACTION_NAMES: Final = frozenset(one.value for one in Action)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One list of words, and the beginnings that their long forms have."""

    name: str
    urn: str
    web: str
    words: frozenset[str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STEPS: Final = Vocabulary(
    "business step",
    "urn:epcglobal:cbv:bizstep:",
    "https://ref.gs1.org/cbv/BizStep-",
    _words(
        "accepting arriving assembling collecting commissioning consigning creating_class_instance "
        "cycle_counting decommissioning departing destroying disassembling dispensing encoding "
        "entering_exiting holding inspecting installing killing loading other packing picking "
        "receiving removing repackaging repairing replacing reserving retail_selling sampling "
        "sensor_reporting shipping staging_outbound stock_taking stocking storing transporting "
        "unloading unpacking void_shipping"
    ),
)
DISPOSITIONS: Final = Vocabulary(
    "disposition",
    "urn:epcglobal:cbv:disp:",
    "https://ref.gs1.org/cbv/Disp-",
    _words(
        "active available completeness_inferred completeness_verified conformant container_closed "
        "container_open damaged destroyed dispensed disposed encoded expired in_progress "
        "in_transit inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement "
        "no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved "
        "retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable "
        "unknown"
    ),
)
TRANSACTIONS: Final = Vocabulary(
    "business transaction type",
    "urn:epcglobal:cbv:btt:",
    "https://ref.gs1.org/cbv/BTT-",
    _words("bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"),
)
SIDES: Final = Vocabulary(
    "source or destination type",
    "urn:epcglobal:cbv:sdt:",
    "https://ref.gs1.org/cbv/SDT-",
    _words("location owning_party possessing_party"),
)
REASONS: Final = Vocabulary(
    "error reason",
    "urn:epcglobal:cbv:er:",
    "https://ref.gs1.org/cbv/ER-",
    _words("did_not_occur incorrect_data"),
)
VOCABULARIES: Final = (STEPS, DISPOSITIONS, TRANSACTIONS, SIDES, REASONS)
MEASURES: Final = "https://gs1.org/voc/"
COMPONENTS: Final = "https://ref.gs1.org/cbv/Comp-"
STANDARD_PREFIXES: Final[Mapping[str, str]] = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}


def read_word(text: str, vocabulary: Vocabulary) -> str:
    """
    Return the short name of a word, or the URI that is somebody's own word.

    Raises: WordRefusedError naming near matches.
    """
    short = _short(text, vocabulary)
    if short in vocabulary.words:
        return short
    is_gs1 = short != text
    if not is_gs1 and OWN_WORD.fullmatch(text):
        return text
    words = sorted(vocabulary.words)
    near = words if len(words) <= FEW else near_matches(short, words)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise WordRefusedError(
        f"“{short[:80]}” is not a {vocabulary.name} of CBV 2.0, nor a URI of your own.{hint}",
        given=text,
        near=near,
    )


def web_word(word: str, vocabulary: Vocabulary) -> str:
    """Return the web address of a word; somebody's own word stays as it is."""
    return vocabulary.web + word if word in vocabulary.words else word


def _short(text: str, vocabulary: Vocabulary) -> str:
    curie = "cbv:" + vocabulary.web.rpartition("/")[2]
    for start in (vocabulary.urn, vocabulary.web, curie):
        if text.startswith(start):
            return text.removeprefix(start)
    return text
