"""``bandstand passport …``: check a passport without the shop."""

import json
from pathlib import Path

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.kernel.errors import BadInputError
from bandstand.orders.passport import public_jwks, verify_passport

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def passport() -> None:
    """Check passports."""


@passport.command()
@click.argument("file", type=FILE)
@click.option(
    "--keys", type=FILE, help="The operator's jwks.json; this shop's own key if left out."
)
@json_option
@click.pass_context
def verify(context: click.Context, *, file: Path, keys: Path | None, as_json: bool) -> None:
    """Check a passport's hash and signature. Exit 1 if anything was changed."""
    check = verify_passport(file.read_bytes(), _jwks(keys))
    if as_json:
        print_json({"ok": check.ok, "problems": list(check.problems)})
    else:
        click.echo("The passport is genuine." if check.ok else "The passport does not hold:")
        for problem in check.problems:
            click.echo(f"  {problem}")
    context.exit(0 if check.ok else 1)


def _jwks(keys: Path | None) -> dict[str, object]:
    if keys is None:
        return public_jwks()
    try:
        found = json.loads(keys.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInputError(f"{keys.name} is not JSON: {error}.") from error
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise BadInputError(f"{keys.name} is no key set: it has no list “keys”.")
    return found
