"""``bandstand settlement …``: take in a provider's report, see what agrees and what does not."""

from datetime import UTC, datetime
from pathlib import Path

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.kernel.errors import BadInputError
from bandstand.money import format_money
from bandstand.payments import queries, services
from bandstand.payments.gateways import default_name, sandbox_report
from bandstand.payments.services import SettlementPreview
from bandstand.plumbing import clock

ACTOR = "system:command-line"


@click.group()
def settlement() -> None:
    """Reconcile with payment providers."""


@settlement.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--gateway", default="", help="Whose report it is; the shop's gateway unless given.")
@click.option("--apply", "is_applied", is_flag=True, help="Write it down; without, only look.")
@json_option
def take_in(*, file: Path, gateway: str, is_applied: bool, as_json: bool) -> None:
    """Say what a report holds; with --apply, post its fees and payouts and match the rest."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInputError(f"{file.name} is not UTF-8 text; export it as CSV.") from wrong
    name = gateway or default_name()
    if is_applied:
        found = services.import_settlement(
            gateway_name=name, text=text, name=file.name, actor=ACTOR, now=clock.now()
        )
    else:
        found = services.preview_settlement(gateway_name=name, text=text)
    if as_json:
        print_json({"applied": is_applied, **_as_json(found)})
        return
    click.echo("\n".join(_lines(found)))
    click.echo("Written down." if is_applied else "Nothing is written yet; add --apply.")


@settlement.command("list")
@json_option
@click.pass_context
def listed(context: click.Context, *, as_json: bool) -> None:
    """List what only one side knows of. Exit 1 if the difference is not explained by it."""
    now = clock.now()
    rows, proofs = queries.unmatched(now=now), queries.proofs()
    if as_json:
        print_json(
            {
                "open": [
                    {
                        "side": row.bucket.value,
                        "gateway": row.gateway,
                        "kind": row.kind,
                        "ref": row.ref,
                        "amount": str(row.amount),
                        "days": row.age_days(now=now),
                        "late": row.is_late,
                    }
                    for row in rows
                ],
                "matched": queries.matched_count(),
                "unexplained": [str(one.unexplained) for one in proofs],
            }
        )
    else:
        for row in rows:
            late = "  late" if row.is_late else ""
            days = row.age_days(now=now)
            what = f"{row.bucket.value:<7}{row.kind:<17}{row.amount!s:>16}"
            click.echo(f"{what}  {days:>3} d  {row.ref}{late}")
        click.echo(f"{queries.matched_count()} matched, {len(rows)} open")
        for one in proofs:
            click.echo(
                f"{one.gateway}: clearing {format_money(one.clearing)}, provider"
                f" {format_money(one.provider)}, unexplained {format_money(one.unexplained)}"
            )
    context.exit(0 if all(one.unexplained.is_zero for one in proofs) else 1)


@settlement.command("sandbox")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The first day not told.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.")
def sandbox(*, until: datetime | None, out: Path | None) -> None:
    """Write the sandbox's own report of what moved, with fees and payouts."""
    end = until.replace(tzinfo=UTC) if until else clock.now()
    text = sandbox_report.report(until=end)
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8", newline="")
    click.echo(f"{out}: {text.count(chr(10)) - 1} movements")


def _lines(found: SettlementPreview) -> list[str]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.kinds) or "none"
    fees = ", ".join(format_money(one) for one in found.fees) or "none"
    paid = ", ".join(format_money(one) for one in found.paid_out) or "none"
    return [
        f"{found.rows} movements, {found.new} of them new ({kinds})",
        f"matched with ours:   {found.matched}",
        f"only the provider's: {found.theirs_only}",
        f"fees:                {fees}",
        f"paid out to us:      {paid}",
    ]


def _as_json(found: SettlementPreview) -> dict[str, object]:
    return {
        "rows": found.rows,
        "new": found.new,
        "matched": found.matched,
        "theirs_only": found.theirs_only,
        "kinds": dict(found.kinds),
        "fees": [str(one) for one in found.fees],
        "paid_out": [str(one) for one in found.paid_out],
    }
