"""
``bandstand credential …``: make keys, issue credentials, and check them without the shop.

Only the commands that look something up in the shop open its database.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click
import dj_database_url
from django.db import connections

from bandstand.catalogue.queries import brand_by_slug
from bandstand.config.cli.main import require_tables, set_up_shop
from bandstand.config.cli.output import json_option, print_json
from bandstand.kernel.errors import BadInputError
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.plumbing import clock
from bandstand.rights.queries import keys as queries
from bandstand.rights.rules.credentials import (
    COMPACT_MAX,
    Algorithm,
    CredentialFaultError,
    Fault,
    KeyFact,
    VerifiedCredential,
    encoded,
    open_envelope,
    public_key,
    read_claims,
    signature_by,
    signing_input_of,
    verify_credential,
)
from bandstand.rights.rules.credentials.key_files import (
    new_private_key,
    pasted_public_key,
    private_key,
    without_private,
)
from bandstand.rights.rules.credentials.strict_json import strict_object
from bandstand.rights.services import keys as services, revoke_grant

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT: Final = click.Path(dir_okay=False, path_type=Path)
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
ACTOR: Final = "cli"


@click.group()
def credential() -> None:
    """Issue and check signed credentials, and keep the keys that sign them."""


@credential.group()
def key() -> None:
    """Make, register and revoke signing keys."""


@key.command("new")
@click.option(
    "--alg",
    type=click.Choice([one.value for one in Algorithm]),
    default=Algorithm.ES256.value,
    show_default=True,
)
@click.option("--out", type=OUT, required=True, help="Where the private key goes, mode 600.")
def new_key(*, alg: str, out: Path) -> None:
    """Make a key. The private JWK goes to a file of your own; the public one is printed."""
    private = new_private_key(Algorithm(alg))
    _write_secret(out, json.dumps(private, indent=2) + "\n")
    print_json(without_private(private))


@key.command("add")
@click.argument("file", type=FILE)
@click.option("--brand", required=True, help="The brand's slug.")
@click.option("--until", "until", help="When it stops signing, as 2027-01-01T00:00:00Z.")
def add_key(*, file: Path, brand: str, until: str | None) -> None:
    """Register a brand's public key (JWK or PEM)."""
    jwk = pasted_public_key(_text(file))
    _open_shop()
    key_id = services.add_key(
        jwk=jwk,
        brand_id=brand_by_slug(brand).id,
        until_at=_instant(until) if until else None,
        source="command line",
        actor=ACTOR,
        now=clock.now(),
    )
    click.echo(f"{key_id}  {public_key(jwk).kid}")


@key.command("revoke")
@click.argument("key_id", type=click.UUID)
@click.option("--reason", required=True)
@click.option("--compromised", is_flag=True, help="Somebody else may have signed with it.")
def revoke_key(*, key_id: UUID, reason: str, compromised: bool) -> None:
    """Revoke a key for good, and with it everything that it signed."""
    _open_shop()
    killed = queries.signed_grants(key_id)
    services.revoke_key(
        key_id=key_id, reason=reason, compromised=compromised, actor=ACTOR, now=clock.now()
    )
    click.echo(f"Revoked. {len(killed)} grants no longer count.")


@credential.command()
@click.option("--key", "key_file", type=FILE, required=True, help="Your private key, JWK or PEM.")
@click.option("--claims", type=FILE, required=True, help="What the credential says, as JSON.")
@click.option("--out", type=OUT, help="Where the credential goes; printed if left out.")
def issue(*, key_file: Path, claims: Path, out: Path | None) -> None:
    """Sign a credential. The private key stays where it is."""
    private = private_key(_text(key_file))
    raw = _text(claims).encode()
    read_claims(raw)
    document = strict_object(raw, what="The claims")
    signing_input = signing_input_of(document, alg=private["alg"], kid=private["kid"])
    compact = f"{signing_input}.{encoded(signature_by(private, signing_input))}"
    if out is None:
        click.echo(compact)
    else:
        out.write_text(compact + "\n", encoding="utf-8")


@credential.command()
@click.argument("file", type=FILE)
@click.option("--jwks", type=FILE, help="The issuer's public keys, which you got from the issuer.")
@click.option("--brand", help="A brand of this shop, whose registered keys are used.")
@click.option("--at", "instant", help="The instant to judge at; now if left out.")
@json_option
@click.pass_context
def verify(
    context: click.Context,
    *,
    file: Path,
    jwks: Path | None,
    brand: str | None,
    instant: str | None,
    as_json: bool,
) -> None:
    """
    Say whether a credential is genuine and in its period. Exit 1 if it is not.

    With --jwks nothing else is needed, and the keys are taken to be the issuer's. Whether it was
    taken back since is not asked: that is in the issuer's status list.
    """
    if (jwks is None) == (brand is None):
        raise BadInputError(
            "Name the keys to check with: --jwks FILE or --brand SLUG, one of the two."
        )
    compact = _text(file)
    at = _instant(instant) if instant else clock.now()
    keys = _keys_in(jwks, issuer=_issuer_named(compact)) if jwks else _keys_of(brand or "")
    found = verify_credential(compact, keys=keys, at=at)
    _tell(found, as_json=as_json)
    context.exit(1 if isinstance(found, Fault) else 0)


@credential.command()
@click.argument("grant")
@click.option("--reason", required=True)
def revoke(*, grant: str, reason: str) -> None:
    """Take a grant back for good, by its id (grt_…); its place in our status list is set."""
    grant_id = parse_id(IdKind.GRANT, grant)
    _open_shop()
    revoke_grant(grant_id=grant_id, reason=reason, actor=ACTOR, now=clock.now())
    click.echo("Revoked, and everything that hangs below it.")


def _open_shop() -> None:
    """Start or join the shop's database; the group itself needs none, so it was not named yet."""
    set_up_shop()
    named = dj_database_url.parse(os.environ["DATABASE_URL"])
    ours = connections["default"].settings_dict
    ours.update({name: named[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")})
    # The embedded server is named by its socket, which the address carries as an option.
    ours["OPTIONS"] = {**ours.get("OPTIONS", {}), **named.get("OPTIONS", {})}
    require_tables()


def _keys_of(slug: str) -> tuple[KeyFact, ...]:
    _open_shop()
    return queries.facts_of_brand(slug)


def _issuer_named(compact: str) -> str:
    """Return the issuer that a credential names; of one that cannot be read, nobody."""
    try:
        return read_claims(open_envelope(compact).payload).issuer
    except CredentialFaultError:
        return ""


def _keys_in(file: Path, *, issuer: str) -> tuple[KeyFact, ...]:
    found = strict_object(_text(file).encode(), what=file.name)
    listed = found.get("keys", [found])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadInputError(f"{file.name} is no key set: it has no list “keys”.")
    return tuple(_fact(one, issuer=issuer) for one in listed)


def _fact(jwk: dict[str, Any], *, issuer: str) -> KeyFact:
    public = public_key(jwk)
    return KeyFact(
        id=public.thumbprint,
        kid=public.kid,
        jwk=public.jwk,
        algorithm=public.algorithm,
        owner=issuer,
        owner_names=frozenset({issuer}),
        from_at=LONG_AGO,
    )


def _tell(found: VerifiedCredential | Fault, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(found))
    elif isinstance(found, Fault):
        click.echo(f"Not accepted ({found.code}): {found.text}\nCure: {found.cure}")
    else:
        claims = found.claims
        click.echo("The credential is genuine and in its period.")
        for label, value in (
            ("issuer", claims.issuer),
            ("seller", claims.subject.id),
            ("brands", ", ".join(claims.subject.brands)),
            ("goods", ", ".join(claims.subject.categories)),
            ("models", ", ".join(claims.subject.models) or "every model"),
            ("markets", ", ".join(claims.subject.markets)),
            ("conditions", ", ".join(claims.subject.conditions)),
            ("from", f"{claims.valid_from:%Y-%m-%d %H:%M} UTC"),
            ("until", f"{claims.valid_until:%Y-%m-%d %H:%M} UTC"),
            ("key", f"{found.key.kid} ({found.key.algorithm})"),
        ):
            click.echo(f"  {label:<11}{value}")


def _as_json(found: VerifiedCredential | Fault) -> dict[str, object]:
    if isinstance(found, Fault):
        return {"ok": False, "code": found.code.value, "text": found.text, "cure": found.cure}
    return {
        "ok": True,
        "sha256": found.envelope.sha256,
        "kid": found.key.kid,
        "alg": found.key.algorithm.value,
        "claims": found.claims.as_json(),
    }


def _text(file: Path) -> str:
    if file.stat().st_size > 2 * COMPACT_MAX:
        raise BadInputError(f"{file.name} is larger than {2 * COMPACT_MAX:,} bytes.")
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise BadInputError(f"{file.name} is not UTF-8 text.") from wrong


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise BadInputError(f"“{text}” is not an instant such as 2026-12-01T00:00:00Z.") from wrong
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _write_secret(path: Path, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as wrong:
        raise BadInputError(f"{path} is there already; a key is never written over.") from wrong
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
