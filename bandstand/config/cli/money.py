"""``bandstand money …``: quotes and published vectors, which need no shop, and the drill."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.kernel.errors import BadInputError, near_matches
from bandstand.money import (
    Fee,
    InstalmentTerms,
    Money,
    PlanQuote,
    Regime,
    VectorReport,
    check_apr_rows,
    check_schedule_rows,
    due_dates,
    format_money,
    parse_money,
    plan_quote,
)
from bandstand.money.months import MONTHLY
from bandstand.plumbing import clock

MARKETS: Final = {
    "US": ("USD", Regime.US_APPENDIX_J, "en_US"),
    "DE": ("EUR", Regime.EU_APRC, "de_DE"),
    "EU": ("EUR", Regime.EU_APRC, "en_IE"),
    "GB": ("GBP", Regime.UK_APRC, "en_GB"),
}


class MoneyGroup(click.Group):
    """The group; the drill's module is imported when asked for, because it needs the tables."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "drill"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "drill":
            return super().get_command(ctx, cmd_name)
        found = import_module("bandstand.config.cli.money_drill").drill
        assert isinstance(found, click.Command)  # noqa: S101 -- the module's one command
        return found


@click.group(cls=MoneyGroup)
def money() -> None:
    """Quote plans, check published APRs and schedules, drill whole lives of plans."""


@money.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def apr(context: click.Context, *, file: Path, as_json: bool) -> None:
    """Recompute the annual percentage rates of a CSV; exit 1 if any differs."""
    _report(context, check_apr_rows(_rows(file)), as_json=as_json)


@money.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def schedule(context: click.Context, *, file: Path, as_json: bool) -> None:
    """Recompute the schedules of a CSV; exit 1 if any differs."""
    _report(context, check_schedule_rows(_rows(file)), as_json=as_json)


@money.command()
@click.option("--price", required=True, help="What the phone costs, e.g. 999.99.")
@click.option("--months", required=True, type=click.IntRange(1, 120))
@click.option("--down", default="0", show_default=True, help="Down payment.")
@click.option(
    "--apr", "rate", default="0", show_default=True, help="Nominal yearly rate in percent."
)
@click.option("--fee", "fees", multiple=True, help="A fee that only people who finance must pay.")
@click.option("--market", default="US", show_default=True)
@click.option("--from", "contract", type=click.DateTime(["%Y-%m-%d"]), help="Contract day.")
@json_option
def quote(  # noqa: PLR0913 -- one option each
    *,
    price: str,
    months: int,
    down: str,
    rate: str,
    fees: tuple[str, ...],
    market: str,
    contract: datetime | None,
    as_json: bool,
) -> None:
    """Print schedule, disclosure and derivation of a plan."""
    currency, regime, locale = _market(market)
    signed = contract.date() if contract else clock.now().astimezone(UTC).date()
    terms = InstalmentTerms(
        months=months,
        rate_percent=_percent(rate),
        down_payment=parse_money(down, currency),
        fees=tuple(
            Fee(name="financing fee", amount=parse_money(fee, currency), cash_buyers_too=False)
            for fee in fees
        ),
        regime=regime,
    )
    quoted = plan_quote(
        parse_money(price, currency), terms, first_due=_first_due(signed), contract_date=signed
    )
    if as_json:
        print_json(_as_json(quoted))
    else:
        click.echo("\n".join(_lines(quoted, locale=locale)))


def _first_due(signed: date) -> date:
    # A plan signed on the 31st is due on the last day of a shorter month, then on the 31st again.
    return due_dates(signed, count=2, frequency=MONTHLY, anchor=signed.day)[1]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _report(context: click.Context, report: VectorReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report.as_json())
    else:
        click.echo(f"{report.passed} of {report.total} reproduced")
        for miss in report.failed:
            click.echo(f"  {miss.id}: expected {miss.expected}, got {miss.got}")
    context.exit(0 if report.is_clean else 1)


def _market(code: str) -> tuple[str, Regime, str]:
    if code.upper() not in MARKETS:
        near = ", ".join(near_matches(code, list(MARKETS)) or MARKETS)
        raise BadInputError(f"No market “{code}” for quotes; there is {near}.", market=code)
    return MARKETS[code.upper()]


def _percent(text: str) -> Decimal:
    try:
        return Decimal(text.rstrip(" %"))
    except InvalidOperation as error:
        raise BadInputError(f"“{text}” is not a rate; write it like 9.99.", apr=text) from error


def _lines(quoted: PlanQuote, *, locale: str) -> list[str]:
    def shown(amount: Money) -> str:
        return format_money(amount, locale)

    payments = [f"{line.count} × {shown(line.amount)}" for line in quoted.payment_lines]
    figures = {
        "Price": shown(quoted.price),
        "Down payment": shown(quoted.down_payment),
        "Due at signing": shown(quoted.due_at_signing),
        "Payments": " + ".join(payments),
        "Amount financed": shown(quoted.amount_financed),
        "Finance charge": shown(quoted.finance_charge),
        "APR": f"{quoted.apr.rate:.2f} %",
        "APR, unrounded": f"{quoted.apr.rate:.3f} %",
        "Total of payments": shown(quoted.total_of_payments),
        "Total sale price": shown(quoted.total_sale_price),
    }
    table = [f"{name:<20}{figure:>24}" for name, figure in figures.items()]
    dates = [
        f"{number:>3}  {line.due_date}  {shown(line.total):>12}"
        for number, line in enumerate(quoted.schedule.lines, start=1)
    ]
    return [*table, "", "Schedule", *dates, "", "How the APR was found", *quoted.derivation.lines()]


def _as_json(quoted: PlanQuote) -> dict[str, object]:
    return {
        "schedule": [
            {
                "number": number,
                "due": line.due_date.isoformat(),
                "minor": line.total.minor,
                "amount": str(line.total),
            }
            for number, line in enumerate(quoted.schedule.lines, start=1)
        ],
        "payments": [
            {"count": line.count, "amount": str(line.amount)} for line in quoted.payment_lines
        ],
        "disclosure": {
            "currency": quoted.price.currency,
            "price": str(quoted.price),
            "down_payment": str(quoted.down_payment),
            "due_at_signing": str(quoted.due_at_signing),
            "amount_financed": str(quoted.amount_financed),
            "finance_charge": str(quoted.finance_charge),
            "apr_percent": f"{quoted.apr.rate:.2f}",
            "apr_percent_exact": f"{quoted.apr.rate:.6f}",
            "total_of_payments": str(quoted.total_of_payments),
            "total_sale_price": str(quoted.total_sale_price),
        },
        "derivation": list(quoted.derivation.lines()),
    }
