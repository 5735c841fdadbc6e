"""``bandstand payouts …``: close months, and print or draw a seller's statement."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from bandstand.catalogue import queries as catalogue
from bandstand.config.cli.output import json_option, print_json
from bandstand.kernel.errors import NotFoundError, UnavailableError
from bandstand.parties import queries as parties
from bandstand.payouts import queries, services
from bandstand.payouts.documents import sheet_of
from bandstand.payouts.queries import StatementPage
from bandstand.payouts.rules.statements import month_of
from bandstand.plumbing import clock


@click.group()
def payouts() -> None:
    """Sellers' money: close months and draw statements."""


@payouts.command("close")
@click.option("--month", "month_text", required=True, help="Such as 2026-11; it must be over.")
@json_option
def close(*, month_text: str, as_json: bool) -> None:
    """Write every seller's statement of a month, and correct those that say otherwise now."""
    done = services.close_month(month=month_of(month_text), now=clock.now())
    if as_json:
        print_json(
            {
                "month": f"{done.month:%Y-%m}",
                "new": done.new,
                "corrected": done.corrected,
                "unchanged": done.unchanged,
            }
        )
        return
    click.echo(f"{done.month:%B %Y}: {done.new} new, {done.corrected} corrected,", nl=False)
    click.echo(f" {done.unchanged} unchanged")


@payouts.command("statement")
@click.option("--seller", required=True, help="The seller's slug, as in its address.")
@click.option("--month", "month_text", required=True, help="Such as 2026-11.")
@click.option("--currency", default="", help="The home market's unless given.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Draw it there.")
@json_option
def statement(
    *, seller: str, month_text: str, currency: str, pdf: Path | None, as_json: bool
) -> None:
    """Print a seller's statement of a month, closing the month for that seller if it is over."""
    wanted = currency or catalogue.market(parties.operator().home_market).currency
    found = _closed(seller, currency=wanted, month=month_of(month_text))
    if pdf is not None:
        drawn = services.statement_pdf(statement_id=found.row.id, now=clock.now())
        if drawn is None:
            raise UnavailableError("This machine cannot draw PDFs: Pango is missing.")
        pdf.write_bytes(bytes(drawn.content))
    if as_json:
        print_json({**found.body, "sha256": found.row.sha256})
        return
    click.echo("\n".join(_lines(found.body)))
    if pdf is not None:
        click.echo(f"Drawn: {pdf}")


def _closed(seller: str, *, currency: str, month: date) -> StatementPage:
    party = parties.party_by_slug(seller)
    made = services.close_seller_month(
        seller_id=party.id, currency=currency, month=month, now=clock.now()
    )
    if made is None:
        raise NotFoundError(
            f"{party.trading_name} had no money and no movement in {currency} in {month:%B %Y}."
        )
    return queries.statement_page(made.id)


def _lines(body: dict[str, Any]) -> list[str]:
    sheet = sheet_of(body)
    heads = ("pending", "available", "kept back", "you owe", "yours in all")
    told = [
        f"Statement {sheet.number}: {sheet.seller['trades_as']}, {sheet.month}",
        *(f"  {label:26}{said:>16}" for label, said in sheet.summary),
        f"{'':28}{'before':>16}{'after':>16}",
    ]
    for head, before, after in zip(heads, sheet.opening, sheet.closing, strict=True):
        told.append(f"  {head:26}{before:>16}{after:>16}")
    return told
