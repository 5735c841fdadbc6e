"""
The root of every refusal the shop can give.

    DomainError
    ├── BadInputError      the words of the request are wrong; say which and how to mend it
    ├── NotFoundError      nothing by that name that this caller may see
    ├── RefusedError       understood, and against the rules
    └── UnavailableError   a fact or service could not be read; nothing was decided

Subclasses live beside the rule that raises them. They carry a code and fields, never an HTTP
status: each edge has one table that maps them.
"""

from difflib import get_close_matches


class DomainError(Exception):
    """An anticipated refusal: a code for machines, a sentence for people, fields for both."""

    code: str = "refused"

    def __init__(self, message: str, *, code: str | None = None, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = fields

    def __str__(self) -> str:
        return self.message


class BadInputError(DomainError):
    """The request itself is wrong; the message says what and how to mend it."""

    code = "bad_input"


class NotFoundError(DomainError):
    """Nothing by that name that this caller may see."""

    code = "not_found"


class RefusedError(DomainError):
    """The request was understood and the rules forbid it."""

    code = "refused"


class UnavailableError(DomainError):
    """A fact could not be read, so nothing was decided."""

    code = "unavailable"


def near_matches(word: str, known: list[str], *, limit: int = 3) -> list[str]:
    """
    Return the known words a person most likely meant.

    Case is ignored; the result keeps the spelling of ``known`` and its order of likeness.
    """
    by_fold = {item.casefold(): item for item in known}
    found = get_close_matches(word.casefold(), list(by_fold), n=limit, cutoff=0.5)
    return [by_fold[item] for item in found]
