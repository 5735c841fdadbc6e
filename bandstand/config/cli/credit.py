"""``bandstand credit …``: reports to credit bureaus."""

from datetime import date, datetime
from pathlib import Path

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.credit.queries.bureau import rows_as_of
from bandstand.credit.rules.bureau import BureauFormat, ReportStatus
from bandstand.credit.services import bureau
from bandstand.kernel.errors import DomainError
from bandstand.orders.queries.credit_files import bureau_file
from bandstand.parties import queries as parties
from bandstand.plumbing import clock


@click.group()
def credit() -> None:
    """Report plans to credit bureaus, where the operator switched it on."""


@credit.command()
@click.option("--market", required=True, help="The market, such as US.")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--make", "is_made", is_flag=True, help="Make the report, once, and keep it.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the file there."
)
@click.option(
    "--format", "fmt", type=click.Choice([one.value for one in BureauFormat]), default=None
)
@json_option
def report(
    *,
    market: str,
    as_of: datetime,
    is_made: bool,
    out: Path | None,
    fmt: str | None,
    as_json: bool,
) -> None:
    """
    Say what would be reported as of a day; with --make, report it.

    Without --make nothing is kept and no letter is written.
    """
    if out is not None and not is_made:
        raise click.ClickException("--out writes a report that is kept; say --make as well.")
    try:
        said = _make(market, as_of.date(), out=out, fmt=fmt) if is_made else _look(market, as_of)
    except DomainError as refused:
        raise click.ClickException(refused.message) from refused
    if as_json:
        print_json(said)
    else:
        click.echo("\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in said.items()))


def _look(market: str, as_of: datetime) -> dict[str, object]:
    zone = parties.operator().time_zone
    counts = dict.fromkeys((one.value for one in ReportStatus), 0)
    for _, row in rows_as_of(market=market, as_of=as_of.date(), zone=zone):
        counts[row.status.value] += 1
    return {"market": market, "as_of": as_of.date().isoformat(), **counts}


def _make(market: str, as_of: date, *, out: Path | None, fmt: str | None) -> dict[str, object]:
    zone, now = parties.operator().time_zone, clock.now()
    made = bureau.make_report(
        market=market,
        as_of=as_of,
        zone=zone,
        today=clock.day_in(zone, at=now),
        actor="system:cli",
        now=now,
    )
    name, lines = bureau_file(made.id, fmt=BureauFormat(fmt) if fmt else None)
    if out is not None:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    return {
        "report": str(made.id),
        "file": str(out or name),
        "rows": made.rows,
        "left_out": made.left_out,
        "new": made.is_new,
    }
