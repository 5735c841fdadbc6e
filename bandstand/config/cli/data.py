"""``bandstand data …``: facts about bands, networks and devices."""

from pathlib import Path

import click

from bandstand.catalogue import queries as catalogue, services
from bandstand.catalogue.services import ImportPreview, TacPreview
from bandstand.config.cli.output import json_option, print_json
from bandstand.plumbing import clock
from bandstand.tax import services as tax

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def data() -> None:
    """Load and import device and network facts."""


@data.command()
@click.option(
    "--from", "folder", type=FOLDER, help="A folder of tables; the project's own if left out."
)
@json_option
@click.pass_context
def load(context: click.Context, *, folder: Path | None, as_json: bool) -> None:
    """Bring the tables into the catalogue; wrong rows are refused one by one. Exit 1 if any was."""
    report = services.load_tables(now=clock.now(), directory=folder)
    if as_json:
        print_json(report.as_json())
    else:
        click.echo(
            f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
            f"{len(report.refused)} refused"
        )
        for one in report.refused:
            click.echo(f"  {one.file} line {one.line}: {one.reason}", err=True)
    context.exit(1 if report.refused else 0)


@data.command()
@click.argument("codes", nargs=-1, required=True)
def networks(*, codes: tuple[str, ...]) -> None:
    """Name the networks the operator's plans run on (MCC-MNC), the default first."""
    services.set_operator_networks(codes=list(codes), now=clock.now())
    for row in catalogue.operator_networks():
        click.echo(f"{row.code}  {row.name}")


@data.group("import")
def import_group() -> None:
    """Import facts of one kind from a file."""


@import_group.command()
@click.argument("file", type=FILE)
@click.option("--apply", "is_applied", is_flag=True, help="Write what the preview shows.")
@json_option
@click.pass_context
def devices(context: click.Context, *, file: Path, is_applied: bool, as_json: bool) -> None:
    """Preview, or with --apply import, spec sheets (CSV or JSON). Exit 1 if any row was refused."""
    preview = services.import_devices(path=file, apply=is_applied, now=clock.now())
    if as_json:
        print_json(preview.as_json())
    else:
        click.echo("\n".join(_preview_lines(preview, is_applied=is_applied)))
    context.exit(1 if preview.refused else 0)


@import_group.command()
@click.argument("file", type=FILE)
@click.option("--apply", "is_applied", is_flag=True, help="Write what the preview shows.")
@json_option
@click.pass_context
def tacs(context: click.Context, *, file: Path, is_applied: bool, as_json: bool) -> None:
    """
    Preview, or with --apply import, which phone has which TAC (the first 8 digits of an IMEI).

    The file is CSV with the columns tac, brand, code, source, certainty. Exit 1 if a row was
    refused.
    """
    preview = services.import_tacs(path=file, apply=is_applied, now=clock.now())
    if as_json:
        print_json(preview.as_json())
    else:
        click.echo("\n".join(_tac_lines(preview, is_applied=is_applied)))
    context.exit(1 if preview.refused else 0)


@import_group.command("tax-rates")
@click.argument("file", type=FILE)
@click.option("--apply", "is_applied", is_flag=True, help="Write what the preview shows.")
@json_option
@click.pass_context
def tax_rates(context: click.Context, *, file: Path, is_applied: bool, as_json: bool) -> None:
    """
    Preview, or with --apply import, tax rates as facts. Exit 1 if a row was refused.

    The file is CSV with the columns jurisdiction (DE, US-CA, US-CA:94103), kind (sales, vat, gst),
    rate_percent, from, source, and if wished title and until.
    """
    preview = tax.import_rates(
        raw=file.read_bytes(), apply=is_applied, actor="system:cli", now=clock.now()
    )
    if as_json:
        print_json(preview.as_json())
    else:
        click.echo("\n".join(_rate_lines(preview)))
    context.exit(1 if preview.refused else 0)


def _rate_lines(preview: tax.RatePreview) -> list[str]:
    lines = [
        f"line {one.line:>4}  {one.outcome.value:<10}{one.jurisdiction}  {one.rate}"
        f" from {one.from_date}"
        for one in preview.lines
    ]
    lines += [f"refused   line {one.line}: {one.reason}" for one in preview.refused]
    lines.append("Imported." if preview.is_applied else "Nothing was written; --apply imports it.")
    return lines


def _tac_lines(preview: TacPreview, *, is_applied: bool) -> list[str]:
    lines = [
        f"line {one.line:>4}  {one.outcome.value:<10}{one.tac}  {one.variant}"
        for one in preview.lines
    ]
    lines += [f"refused   line {one.line}: {one.reason}" for one in preview.refused]
    lines.append("Imported." if is_applied else "Nothing was written; --apply imports it.")
    return lines


def _preview_lines(preview: ImportPreview, *, is_applied: bool) -> list[str]:
    lines = [
        f"line {one.line:>4}  {one.outcome.value:<10}{one.variant}  {one.rat}: {one.bands}"
        for one in preview.lines
    ]
    for conflict in preview.disagreements:
        lines.append(f"conflict  {conflict.variant}  {conflict.topic}")
        lines += [f"            {source}: {words}" for source, words in conflict.said]
    lines += [f"refused   line {one.line}: {one.reason}" for one in preview.refused]
    lines.append("Imported." if is_applied else "Nothing was written; --apply imports it.")
    return lines
