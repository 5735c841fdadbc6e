"""Load the tables of a directory: each file in one transaction, each line on its own merit."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue.models import LoadRun
from bandstand.catalogue.rules import BadTablesError, did_you_mean
from bandstand.catalogue.services import devices, networks, places
from bandstand.catalogue.services.fits import recompute_fits
from bandstand.catalogue.services.reports import LoadReport, Outcome, Refusal, Tally
from bandstand.catalogue.services.tables import Line, csv_lines, json_lines
from bandstand.kernel.errors import near_matches
from bandstand.plumbing import locks

SHIPPED_TABLES: Final = Path(__file__).resolve().parents[1] / "tables"

Loader = Callable[[list[Line], Tally], object]


def load_devices(lines: list[Line], tally: Tally) -> set[UUID]:
    """Write the variants and claims of a table; return the variants that anything was said of."""
    book = devices.DeviceBook()
    places.each_line(lines, tally, put=lambda line: book.put(devices.read_device(line)))
    return book.write()


# In the order in which one needs another; a name is the start of a file's name.
TABLES: Final[tuple[tuple[str, tuple[str, ...], Loader], ...]] = (
    ("markets", tuple(places.MARKET_COLUMNS), places.load_markets),
    ("categories", tuple(places.CATEGORY_COLUMNS), places.load_categories),
    ("brands", tuple(places.BRAND_COLUMNS), places.load_brands),
    ("networks", tuple(networks.NETWORK_COLUMNS), networks.load_networks),
    ("policies", tuple(networks.POLICY_COLUMNS), networks.load_policy_table),
    ("devices", tuple(devices.DEVICE_COLUMNS), load_devices),
)
RULES_FILE: Final = "policies"


def load_tables(*, now: datetime, directory: Path | None = None) -> LoadReport:
    """
    Load every table of a directory (the project's own unless told) and recompute stored fits.

    A file is loaded in one transaction and may be loaded again: lines that say what is there
    already are counted as unchanged. A malformed line is refused with its number; the others are
    loaded.

    Raises: BadTablesError if the directory is not there or has no table.
    """
    folder = directory or SHIPPED_TABLES
    tallies = [_load_file(path) for path in _tables_in(folder)]
    tallies += _strangers(folder)
    run = LoadRun.objects.create(started_at=now)
    fits = recompute_fits(now=now)
    return _report(run, tallies, fits=fits, now=now)


def _tables_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise BadTablesError(f"“{folder}” is not a directory.", directory=str(folder))
    found = [path for name, _, _ in TABLES for path in sorted(folder.glob(f"{name}*.csv"))]
    found += sorted(folder.glob(f"{RULES_FILE}*.jsonl"))
    if not found:
        known = ", ".join(f"{name}*.csv" for name, _, _ in TABLES)
        raise BadTablesError(f"“{folder}” has no table. Known are {known}.", directory=str(folder))
    return found


@transaction.atomic
def _load_file(path: Path) -> Tally:
    """
    Load one file.

    Lock: one load or import at a time, so that two cannot add the same row.
    """
    locks.lock("catalogue.tables")
    tally = Tally(file=path.name)
    if path.suffix == ".jsonl":
        networks.load_policies(list(json_lines(path, tally=tally)), tally)
        return tally
    columns, load = next(
        (columns, load) for name, columns, load in TABLES if path.name.startswith(name)
    )
    load(csv_lines(path, columns=columns, tally=tally), tally)
    return tally


def _strangers(folder: Path) -> list[Tally]:
    """Refuse files that look like tables and are none, so that a misspelt name is seen."""
    known = [name for name, _, _ in TABLES]
    strangers = []
    for path in sorted(folder.glob("*.csv")):
        if not path.name.startswith(tuple(known)):
            tally = Tally(file=path.name)
            near = [f"{one}.csv" for one in near_matches(path.stem, known)]
            tally.refuse(0, f"“{path.name}” is not a table that is loaded.{did_you_mean(near)}")
            strangers.append(tally)
    return strangers


def _report(run: LoadRun, tallies: list[Tally], *, fits: int, now: datetime) -> LoadReport:
    refused: tuple[Refusal, ...] = tuple(
        one for tally in tallies for one in sorted(tally.refusals, key=lambda one: one.line)
    )
    counts = {one: sum(tally.counts[one] for tally in tallies) for one in Outcome}
    run.files = [tally.as_json() for tally in tallies]
    run.added = counts[Outcome.ADDED]
    run.changed = counts[Outcome.CHANGED]
    run.unchanged = counts[Outcome.UNCHANGED]
    run.refused = [one.as_json() for one in refused]
    run.finished_at = now
    run.save(update_fields=["files", "added", "changed", "unchanged", "refused", "finished_at"])
    return LoadReport(
        added=run.added,
        changed=run.changed,
        unchanged=run.unchanged,
        refused=refused,
        run_id=run.id,
        fits=fits,
    )
