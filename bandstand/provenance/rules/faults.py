"""What is wrong with a document, each fault at the JSON path where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError

FAULTS_TOLD: Final = 3


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: where (``$.epcisBody.eventList[0].bizStep``), and what to mend."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class DocumentRefusedError(BadInputError):
    """A document that was refused as a whole; ``faults`` says where and why."""

    code = "epcis_refused"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        told = "; ".join(str(fault) for fault in self.faults[:FAULTS_TOLD])
        more = len(self.faults) - FAULTS_TOLD
        super().__init__(told + (f"; and {more} more" if more > 0 else ""))


class TooLargeError(DocumentRefusedError):
    """A document beyond what one capture may hold."""

    code = "epcis_too_large"


class QueryRefusedError(BadInputError):
    """A query whose parameters cannot be understood."""

    code = "epcis_query_refused"


class CaptureNotFoundError(NotFoundError):
    """No capture job, event or key by that name that this caller may see."""

    code = "epcis_not_found"


class EventConflictError(RefusedError):
    """An event whose id already names something else."""

    code = "epcis_event_conflict"
