"""``bandstand ledger …``: prove the books."""

import click
from django.db import connection

from bandstand.config.cli.output import json_option, print_json
from bandstand.ledger import queries as books

GUARDED = ("ledger_account", "ledger_transfer", "ledger_posting")
GUARDS_PER_TABLE = 2  # rows, and the whole table


@click.group()
def ledger() -> None:
    """Prove the books."""


@ledger.command()
@json_option
@click.pass_context
def verify(context: click.Context, *, as_json: bool) -> None:
    """Prove that every transfer balances and that history cannot be edited. Exit 1 if not."""
    unguarded = [table for table in GUARDED if _guards(table) < GUARDS_PER_TABLE]
    answer = {"imbalance": books.imbalance(), "unguarded_tables": unguarded}
    if as_json:
        print_json(answer)
    else:
        for row in books.trial_balance():
            click.echo(f"{row.code.value:<28}{row.debit!s:>18}{row.credit!s:>18}")
        click.echo(f"transfers off balance: {answer['imbalance']}")
        click.echo(f"tables without their guard: {', '.join(unguarded) or 'none'}")
    context.exit(1 if answer["imbalance"] or unguarded else 0)


def _guards(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_trigger where tgrelid = %s::regclass and tgenabled = 'O' "
            "and tgname in ('append_only_rows', 'append_only_table')",
            [table],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
