"""Words of captures and keys."""

from enum import StrEnum


class OnError(StrEnum):
    """What becomes of the good events of a document that has a wrong one."""

    ROLLBACK = "rollback"
    PROCEED = "proceed"


class JobState(StrEnum):
    """How far a capture has come."""

    WAITING = "waiting"
    DONE = "done"


class Scope(StrEnum):
    """What a key may do."""

    CAPTURE = "epcis:capture"
    QUERY = "epcis:query"


class IdentitySource(StrEnum):
    """How we know that a GS1 identity is somebody's."""

    GS1_REGISTRY = "gs1_registry"
    BRAND = "brand"
    OPERATOR = "operator"
