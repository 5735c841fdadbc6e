"""``bandstand tax …``: a state's own rate and boundary files, and what a ZIP code bears."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.kernel.errors import DomainError
from bandstand.parties import queries as parties
from bandstand.plumbing import clock
from bandstand.tax import queries, services
from bandstand.tax.rules import Ambiguity, Place, Rate, TaxFileError, percent_text
from bandstand.tax.services import SstPreview

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ZIP_DIGITS = 5


@click.group()
def tax() -> None:
    """Load what states publish about their sales tax, and look rates up."""


@tax.command("load")
@click.argument("file", type=FILE)
@click.option("--apply", "is_applied", is_flag=True, help="Load what the preview shows.")
@click.option(
    "--leave-out-refused", is_flag=True, help="Load the rest of a file that has refused lines."
)
@json_option
@click.pass_context
def load(
    context: click.Context,
    *,
    file: Path,
    is_applied: bool,
    leave_out_refused: bool,
    as_json: bool,
) -> None:
    """
    Preview, or with --apply load, a Streamlined Sales Tax rate or boundary file.

    FILE is the CSV as the state publishes it, or the ZIP archive around it. It takes the place of
    the one loaded before. Exit 1 if a line was refused or nothing could be loaded.
    """
    try:
        with _lines(file) as lines:
            preview = (
                services.load_sst(
                    lines=lines,
                    name=file.name,
                    actor="system:cli",
                    now=clock.now(),
                    leaves_out_refused=leave_out_refused,
                    on_progress=_progress,
                )
                if is_applied
                else services.look_at_sst(lines=lines, name=file.name, on_progress=_progress)
            )
    except (TaxFileError, UnicodeDecodeError, zipfile.BadZipFile) as wrong:
        said = wrong.message if isinstance(wrong, TaxFileError) else f"Not readable: {wrong}"
        raise click.ClickException(said) from wrong
    if as_json:
        print_json(preview.as_json())
    else:
        click.echo("\n".join(_said(preview)))
    context.exit(1 if preview.refused else 0)


@tax.command("rate")
@click.argument("state")
@click.argument("postal")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Another day than today.")
@json_option
def rate(*, state: str, postal: str, on: datetime | None, as_json: bool) -> None:
    """Say what sales tax a delivery to STATE and POSTAL (ZIP or ZIP+4) bears, and for whom."""
    code, _, plus_four = postal.partition("-")
    place = Place("US", state.upper(), code[:ZIP_DIGITS], plus_four)
    day = _today() if on is None else on.date()
    try:
        found = queries.sst_rate(place, on=day, ambiguity=Ambiguity.HIGHEST)
    except DomainError as refused:
        raise click.ClickException(refused.message) from refused
    if found is None:
        raise click.ClickException(
            f"The files loaded do not tell the rate at {postal} in {state.upper()} on {day}."
            " “bandstand tax load” loads them."
        )
    if as_json:
        print_json(_rate_json(found, on=day))
        return
    click.echo(f"{found.title} on {day}: {percent_text(found.rate_ppm)}")
    for part in found.parts:
        click.echo(f"  {part.name:<20}{percent_text(part.rate_ppm):>10}")
    if found.note:
        click.echo(found.note)


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[str]]:
    """Open a file, or the one CSV file in an archive, line by line."""
    if not zipfile.is_zipfile(file):
        with file.open(encoding="utf-8-sig", newline="") as opened:
            yield opened
        return
    with zipfile.ZipFile(file) as archive:
        inside = [name for name in archive.namelist() if name.lower().endswith((".csv", ".txt"))]
        if len(inside) != 1:
            raise TaxFileError(f"The archive holds {len(inside)} CSV files; it must hold one.")
        with archive.open(inside[0]) as raw:
            yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")


def _today() -> date:
    return clock.day_in(parties.operator().time_zone, at=clock.now())


def _progress(lines: int) -> None:
    click.echo(f"\r{lines:,} lines", nl=False, err=True)


def _said(preview: SstPreview) -> list[str]:
    since = "" if preview.earliest is None else f", from {preview.earliest}"
    head = (
        f"{preview.state or 'No state'} {preview.kind.value} file: {preview.lines:,} lines,"
        f" {preview.used:,} used, {preview.rows:,} rows, {preview.refused:,} refused{since}"
    )
    lines = [head]
    lines += [f"refused   line {one.line}: {one.reason}" for one in preview.refusals]
    lines.append("Loaded." if preview.is_applied else "Nothing was written; --apply loads it.")
    return lines


def _rate_json(found: Rate, *, on: date) -> dict[str, object]:
    return {
        "on": on.isoformat(),
        "jurisdiction": found.jurisdiction,
        "rate_ppm": found.rate_ppm,
        "parts": [{"name": part.name, "rate_ppm": part.rate_ppm} for part in found.parts],
        "note": found.note,
        "source": found.source,
    }
