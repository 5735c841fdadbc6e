"""
Facts as JSON and back: what a decision rested on is kept, and the decision can be made again.

A frozen dataclass becomes an object of its parts that differ from their defaults; keys and instants
become text, sets become sorted lists, lengths of time become seconds. Thawing reads the same back,
and reads the facts that the database gives in the same words.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

Shape = TypeVar("Shape")
Plain = Any
"""A JSON value. Its shape is known by the dataclass it stands for, not by the type system."""
Read = Callable[[Plain], Any]


def freeze(value: object) -> Plain:
    """Return a value as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return _frozen_parts(value)
    if isinstance(value, Mapping):
        return {str(key): freeze(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(freeze(one)) for one in value)
    if isinstance(value, list | tuple):
        return [freeze(one) for one in value]
    return _frozen_word(value)


def thaw(shape: type[Shape], plain: Plain) -> Shape:
    """
    Return the value that a frozen one stands for.

    Raises: KeyError, TypeError or ValueError if the words are not of the shape.
    """
    return cast("Shape", _reader(cast("Any", shape))(plain))


def _frozen_parts(value: object) -> dict[str, Plain]:
    parts = {}
    for part, default in _parts(cast("Any", type(value))):
        held = getattr(value, part)
        if default is MISSING or held != default:
            parts[part] = freeze(held)
    return parts


def _frozen_word(value: object) -> Plain:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, UUID) else value


@cache
def _parts(shape: Any) -> tuple[tuple[str, object], ...]:  # noqa: ANN401 -- a dataclass
    return tuple((part.name, _default(part)) for part in fields(shape))


def _default(part: Field[Any]) -> object:
    if part.default_factory is not MISSING:
        return part.default_factory()
    return part.default


@cache
def _reader(shape: Any) -> Read:  # noqa: ANN401 -- a type or what typing makes of one
    if is_dataclass(shape):
        return _dataclass_reader(cast("type[Any]", shape))
    origin, inner = get_origin(shape), get_args(shape)
    if origin in {Union, UnionType}:
        return _optional(next(one for one in inner if one is not NoneType))
    if origin in {tuple, frozenset}:
        one = _reader(inner[0])
        return lambda plain: origin([one(item) for item in plain])
    if origin is not None and issubclass(origin, Mapping):
        key, value = map(_reader, inner)
        return lambda plain: {key(name): value(item) for name, item in plain.items()}
    return _word_reader(shape)


def _word_reader(shape: Any) -> Read:  # noqa: ANN401 -- a type
    if shape is datetime:
        return lambda plain: datetime.fromisoformat(plain).astimezone(UTC)
    if shape is timedelta:
        return lambda plain: timedelta(seconds=plain)
    if shape in {str, int, bool}:
        return lambda plain: plain
    return cast("Read", shape)


def _optional(shape: Any) -> Read:  # noqa: ANN401 -- a type
    read = _reader(shape)
    return lambda plain: None if plain is None else read(plain)


def _dataclass_reader(shape: type[Any]) -> Read:
    hints = get_type_hints(shape)
    readers = [(part.name, _reader(hints[part.name])) for part in fields(shape)]
    return lambda plain: shape(
        **{name: read(plain[name]) for name, read in readers if name in plain}
    )
