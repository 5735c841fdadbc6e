"""The name spaces that a document declares, and that its extensions must come from."""

from collections.abc import Mapping
from typing import Final

from bandstand.provenance.rules.faults import Fault
from bandstand.provenance.rules.vocabulary import OWN_WORD, STANDARD_PREFIXES

PREFIX_MAX: Final = 40
CONTEXT_STARTS: Final = (
    "https://ref.gs1.org/standards/epcis/",
    "http://ref.gs1.org/standards/epcis/",
    "https://gs1.github.io/EPCIS/",
)


def read_context(context: object, *, path: str, faults: list[Fault]) -> dict[str, str]:
    """Return the prefixes that an ``@context`` declares."""
    declared: dict[str, str] = {}
    for at, part in enumerate(_parts(context)):
        place = f"{path}.@context[{at}]"
        if isinstance(part, dict):
            declared |= _declared(part, place=place, faults=faults)
        elif not (isinstance(part, str) and OWN_WORD.fullmatch(part)):
            faults.append(Fault(place, "must be a web address or an object of name spaces."))
    return declared


def is_epcis_context(context: object) -> bool:
    """Say whether an ``@context`` is that of EPCIS."""
    return any(
        isinstance(part, str) and part.startswith(CONTEXT_STARTS) for part in _parts(context)
    )


def own_prefixes(prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that are not already those of the standard."""
    return {name: at for name, at in prefixes.items() if STANDARD_PREFIXES.get(name) != at}


def _parts(context: object) -> list[object]:
    if context is None:
        return []
    return context if isinstance(context, list) else [context]


def _declared(part: Mapping[str, object], *, place: str, faults: list[Fault]) -> dict[str, str]:
    found = {}
    for name, target in part.items():
        address = target.get("@id") if isinstance(target, dict) else target
        if name.startswith("@") or len(name) > PREFIX_MAX:
            faults.append(Fault(f"{place}.{name[:PREFIX_MAX]}", "is not a prefix."))
        elif not (isinstance(address, str) and OWN_WORD.fullmatch(address)):
            faults.append(Fault(f"{place}.{name}", "must be the URI of a name space."))
        else:
            found[name] = address
    return found
