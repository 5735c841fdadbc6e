"""
Spec sheets, turned into lines of the device table.

A CSV line names one technology in ``rat`` and ``bands``, or several in columns called 2g, 3g, 4g
and 5g. A JSON file is a list of objects with ``bands`` as an object of technology to text or list.
The text is what spec sheets write: “HSDPA 850 / 900 / 2100”, “1, 3, 7 - International”, “N/A”.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bandstand.catalogue.rules import BadTablesError, MalformedRowError
from bandstand.catalogue.services.devices import DEVICE_COLUMNS
from bandstand.catalogue.services.reports import Tally
from bandstand.catalogue.services.tables import Line, csv_lines
from bandstand.kernel.errors import DomainError
from bandstand.radio import Rat, parse_spec_bands
from bandstand.radio.band_strings import MHZ_MIN, SpecBands, SpecKind, umts_bands_of_mhz
from bandstand.radio.rats import rat_named

WIDE_COLUMNS: Final = {"2g": Rat.GSM, "3g": Rat.UMTS, "4g": Rat.LTE, "5g": Rat.NR}
PLAIN: Final = re.compile(r"[0-9A-Z]+( [0-9A-Z]+)*|unknown")
IDENTITY: Final = ("brand", "model", "source")
UNLISTED: Final = "unknown"
BY_MEGAHERTZ: Final = (Rat.GSM, Rat.UMTS)


def spec_lines(path: Path, *, tally: Tally) -> list[Line]:
    """
    Return what a CSV or JSON file says as lines of the device table, one technology each.

    Raises: BadTablesError for a file that is not there or is neither.
    """
    if not path.is_file():
        raise BadTablesError(f"“{path}” is not a file.", path=str(path))
    if path.suffix.lower() == ".csv":
        said: list[tuple[int, Mapping[str, object]]] = [
            (line.number, line.row) for line in _csv(path, tally)
        ]
    elif path.suffix.lower() == ".json":
        said = list(enumerate(_json_rows(path), start=1))
    else:
        raise BadTablesError(f"“{path.name}” is neither .csv nor .json.", path=str(path))
    return list(_lines(said, tally))


def _csv(path: Path, tally: Tally) -> list[Line]:
    return csv_lines(path, columns=IDENTITY, tally=tally)


def _json_rows(path: Path) -> list[Mapping[str, object]]:
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadTablesError(f"“{path.name}” is not JSON: {error}", path=str(path)) from None
    rows = said.get("devices") if isinstance(said, dict) else said
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadTablesError(
            f"“{path.name}” is a list of devices, each an object in braces.", path=str(path)
        )
    return rows


def _lines(said: list[tuple[int, Mapping[str, object]]], tally: Tally) -> Iterator[Line]:
    """Yield the lines; a device that cannot be read is refused as a whole and stops no other."""
    for number, row in said:
        try:
            rows = list(device_rows(row))
        except DomainError as error:
            tally.refuse(number, error.message)
            continue
        if not rows:
            tally.refuse(number, "No technology has bands here. Give rat and bands, or 2g to 5g.")
        yield from (Line(number=number, row=one) for one in rows)


def device_rows(said: Mapping[str, object]) -> Iterator[dict[str, str]]:
    """
    Yield what somebody says of a device as rows of the device table, one a technology.

    Raises: MalformedRowError, UnknownRatError.
    """
    row = {str(name).strip().lower(): value for name, value in said.items()}
    words = {name: _text(value) for name, value in row.items() if name != "bands"}
    base = dict.fromkeys(DEVICE_COLUMNS, "") | words
    base["model"] = base["model"] or words.get("name", "")
    base["model_code"] = base["model_code"] or words.get("code", "")
    missing = [name for name in IDENTITY if not base[name]]
    if missing:
        raise MalformedRowError(f"{' and '.join(missing)} must not be empty.")
    for given, text in _texts_of(row).items():
        spec = None if _is_plain(given, text) else parse_spec_bands(text)
        if spec is None:
            yield base | {"rat": given.value, "bands": text, "raw": text}
        elif spec.kind is not SpecKind.NONE:
            yield base | _spec_row(given, spec) | {"raw": text}


def _texts_of(row: Mapping[str, object]) -> dict[Rat, str]:
    """Return what is said of each technology, in whichever of the three forms."""
    bands = row.get("bands")
    if isinstance(bands, Mapping):
        found = {rat_named(str(rat)): _text(value) for rat, value in bands.items()}
    elif row.get("rat"):
        found = {rat_named(_text(row["rat"])): _text(bands)}
    else:
        found = {rat: _text(row.get(name)) for name, rat in WIDE_COLUMNS.items()}
    return {rat: text for rat, text in found.items() if text}


def _is_plain(rat: Rat, text: str) -> bool:
    """Tell band names parted by spaces, as the project's own tables write them."""
    if not PLAIN.fullmatch(text):
        return False
    is_megahertz = all(word.isdigit() and int(word) >= MHZ_MIN for word in text.split())
    return rat is Rat.GSM or not is_megahertz


def _spec_row(given: Rat, spec: SpecBands) -> dict[str, str]:
    """
    Return the columns that a spec sheet's text fills.

    Raises: MalformedRowError for megahertz that several bands share, or 2G bands by number.
    """
    rat = rat_named(spec.technology) if spec.technology else given
    modes = {mode.lower(): "yes" for mode in spec.modes if mode in ("SA", "NSA")}
    row = {"rat": rat.value, "bands": UNLISTED, "doubt": "", **modes}
    if spec.kind is SpecKind.NAMED_ONLY or rat is Rat.CDMA2000:
        return row
    if (spec.kind is SpecKind.FREQUENCIES) is not (rat in BY_MEGAHERTZ):
        wanted = "megahertz, as in 850 / 900" if rat in BY_MEGAHERTZ else "band numbers, as in 1, 3"
        numbers = " ".join(str(one) for one in spec.values)
        raise MalformedRowError(f"{rat} is written “{numbers}”. Write {wanted}.")
    if rat is not Rat.UMTS:
        return row | {"bands": " ".join(str(one) for one in spec.values)}
    sure, shared = umts_bands_of_mhz(spec.values)
    if shared:
        row["doubt"] = f"3G {' '.join(str(one) for one in shared)} MHz may be one of several bands"
    return row | {"bands": " ".join(one.name for one in sure) or UNLISTED}


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(str(one).strip() for one in value)
    return "" if value is None else str(value).strip()
