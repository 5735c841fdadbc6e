"""``bandstand ledger …``: prove the books, seal the day."""

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.ledger import queries as books, services
from bandstand.plumbing import clock


@click.group()
def ledger() -> None:
    """Prove the books."""


@ledger.command()
@json_option
@click.pass_context
def verify(context: click.Context, *, as_json: bool) -> None:
    """Prove balances, the chain of seals and that history cannot be edited. Exit 1 if not."""
    found = books.inspect_books()
    transfers, postings = books.counts()
    if as_json:
        print_json(
            {
                "sound": found.is_sound,
                "imbalance": found.imbalance,
                "balances_off": found.balances_off,
                "broken_seals": list(found.broken_seals),
                "unguarded_tables": list(found.unguarded_tables),
                "transfers": transfers,
                "postings": postings,
                "unsealed": books.unsealed(),
                "head": books.head(),
            }
        )
    else:
        _print_trial_balance()
        click.echo(f"transfers and postings:      {transfers} and {postings}")
        click.echo(f"transfers off balance:       {found.imbalance}")
        click.echo(f"running balances off:        {found.balances_off}")
        click.echo(f"broken seals:                {_listed(found.broken_seals)}")
        click.echo(f"tables without their guard:  {_listed(found.unguarded_tables)}")
        click.echo(f"head of the chain:           {books.head()}")
        click.echo(f"waiting for the next seal:   {books.unsealed()}")
    context.exit(0 if found.is_sound else 1)


@ledger.command()
@json_option
def seal(*, as_json: bool) -> None:
    """Seal everything posted so far, as the nightly job does; note the head elsewhere."""
    made = []
    while (link := services.seal_books(now=clock.now())) is not None:
        made.append(link)
    sealed = sum(link.transfers for link in made)
    if as_json:
        print_json({"sealed": sealed, "seals": len(made), "head": books.head()})
    else:
        click.echo(f"{sealed} transfers under {len(made)} new seals. Head: {books.head()}")


def _print_trial_balance() -> None:
    for row in books.trial_balance():
        click.echo(f"{row.code.value:<28}{row.debit!s:>18}{row.credit!s:>18}")


def _listed(found: tuple[object, ...]) -> str:
    return ", ".join(map(str, found)) or "none"
