"""Events written out: their own text, with the id and the instant they were recorded under."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def written_event(
    body: str, *, event_id: str, recorded_at: datetime, prefixes: Mapping[str, str]
) -> str:
    """
    Return an event's own text with what the repository knows of it in front.

    Only a ``recordTime`` of the sender's makes it be written anew: that field is ours to say.
    """
    value = json.loads(body)
    added: dict[str, Any] = {}
    if prefixes and "@context" not in value:
        added["@context"] = [{name: uri} for name, uri in prefixes.items()]
    if "eventID" not in value:
        added["eventID"] = event_id
    added["recordTime"] = recorded_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if "recordTime" in value:
        del value["recordTime"]
        body = json.dumps(value, ensure_ascii=False)
    front = json.dumps(added, ensure_ascii=False)
    return f"{front[:-1]}, {body.lstrip()[1:].lstrip()}"


def written_alone(text: str) -> str:
    """Return one event as a document of its own, which names the EPCIS context."""
    value = json.loads(text)
    own = value.pop("@context", [])
    parts = [CONTEXT, *(own if isinstance(own, list) else [own])]
    return json.dumps({"@context": list(_once(parts)), **value}, ensure_ascii=False)


def written_results(texts: Iterable[str], *, query: str, at: datetime) -> str:
    """Return a query document with events in it."""
    head = {
        "@context": [CONTEXT],
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    events = f'{{"eventList": [{", ".join(texts)}]}}'
    results = f'{{"queryName": {json.dumps(query)}, "resultsBody": {events}}}'
    return f'{json.dumps(head)[:-1]}, "epcisBody": {{"queryResults": {results}}}}}'


def _once(parts: list[Any]) -> Iterable[Any]:
    seen: list[Any] = []
    for part in parts:
        if part not in seen:
            seen.append(part)
            yield part
