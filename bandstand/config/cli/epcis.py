"""``bandstand epcis …``: capture events, ask for custody, manage keys and identities."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from bandstand.catalogue import queries as catalogue
from bandstand.config.cli.output import json_option, print_json
from bandstand.parties import queries as parties
from bandstand.plumbing import clock
from bandstand.provenance import services
from bandstand.provenance.queries import CaptureJobRow, Custody, custody_of
from bandstand.provenance.rules import CustodyStatus, DocumentRefusedError, UnitIds
from bandstand.provenance.rules.faults import Fault
from bandstand.provenance.rules.words import IdentitySource, OnError, Scope

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ACTOR = "cli"
EXIT_NEGATIVE = 1
EXIT_BAD_INPUT = 2


@click.group()
def epcis() -> None:
    """Capture supply-chain events and ask where a phone has been."""


@epcis.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--sender", default="", help="The party (slug) that sent it; else the operator.")
@click.option(
    "--on-error",
    type=click.Choice([one.value for one in OnError]),
    default=OnError.ROLLBACK.value,
    help="What becomes of the good events of a document that has a wrong one.",
)
@json_option
@click.pass_context
def capture(
    context: click.Context, *, files: tuple[Path, ...], sender: str, on_error: str, as_json: bool
) -> None:
    """Capture EPCIS 2.0 documents (JSON-LD). Exit 2 if anything was refused."""
    party = parties.party_by_slug(sender).id if sender else None
    answers = [_capture(file, party=party, on_error=on_error) for file in files]
    if as_json:
        print_json(answers[0] if len(answers) == 1 else answers)
    else:
        for answer in answers:
            _say_capture(answer)
    context.exit(0 if all(answer["success"] for answer in answers) else EXIT_BAD_INPUT)


@epcis.command()
@click.option("--imei", "imeis", multiple=True, help="An IMEI of the phone; may be given twice.")
@click.option("--serial", default="", help="The maker's serial number.")
@click.option("--gtin", default="", help="The GTIN on the box.")
@click.option("--brand", required=True, help="The brand (slug).")
@click.option("--market", default="", help="Where it is to be sold, for the first sale.")
@json_option
@click.pass_context
def custody(
    context: click.Context,
    *,
    imeis: tuple[str, ...],
    serial: str,
    gtin: str,
    brand: str,
    market: str,
    as_json: bool,
) -> None:
    """Say where a phone has been. Exit 1 unless the chain is whole and nothing is against it."""
    found = custody_of(
        identifiers=UnitIds(imeis=imeis, serial=serial, gtin=gtin),
        brand_id=catalogue.brand_by_slug(brand).id,
        at=clock.now(),
        market=market,
    )
    if as_json:
        print_json(_custody_json(found))
    else:
        click.echo("\n".join(_custody_lines(found)))
    is_fine = found.status is CustodyStatus.COMPLETE and not found.findings
    context.exit(0 if is_fine else EXIT_NEGATIVE)


@epcis.group()
def key() -> None:
    """Make and revoke the keys with which parties send and ask for events."""


@key.command()
@click.argument("party")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([one.value for one in Scope]),
    help="What the key may do; both if left out.",
)
@click.option("--name", default="", help="What the key is for.")
@json_option
def create(*, party: str, scopes: tuple[str, ...], name: str, as_json: bool) -> None:
    """Make a key for a party (slug); its token is shown this once."""
    made = services.make_key(
        party_id=parties.party_by_slug(party).id,
        scopes=scopes or [one.value for one in Scope],
        name=name,
        actor=ACTOR,
        now=clock.now(),
    )
    if as_json:
        print_json({"id": str(made.id), "token": made.token})
    else:
        click.echo(f"{made.id}  {made.token}")
        click.echo("Keep the token: it is not shown again.", err=True)


@key.command()
@click.argument("key_id", type=click.UUID)
def revoke(*, key_id: UUID) -> None:
    """Revoke a key at once."""
    done = services.revoke_key(key_id=key_id, actor=ACTOR, now=clock.now())
    click.echo("Revoked." if done else "It was revoked before.")


@epcis.group()
def identity() -> None:
    """Say whose GLNs and other identifiers are whose."""


@identity.command("party")
@click.argument("party")
@click.argument("identifier")
@click.option("--country", default="", help="Where that place is; the party's own if left out.")
def name_party(*, party: str, identifier: str, country: str) -> None:
    """Register an identifier (GLN as URN or Digital Link, or a URI) as a party (slug)."""
    services.name_party(
        party_id=parties.party_by_slug(party).id,
        identifier=identifier,
        country=country,
        actor=ACTOR,
        now=clock.now(),
    )
    click.echo("Registered.")


@identity.command("brand")
@click.argument("brand")
@click.argument("identifier")
@click.option("--prefix", default="", help="The GS1 company prefix of the brand's GTINs.")
@click.option("--party", default="", help="The party (slug) that this is, if it is one of ours.")
@click.option(
    "--source",
    type=click.Choice([one.value for one in IdentitySource]),
    default=IdentitySource.OPERATOR.value,
)
@click.option("--since", type=click.DateTime(), help="From when it holds; now if left out.")
def name_brand(
    *, brand: str, identifier: str, prefix: str, party: str, source: str, since: datetime | None
) -> None:
    """Register an identity under which a brand (slug) puts its phones into the world."""
    now = clock.now()
    services.name_brand_identity(
        brand_id=catalogue.brand_by_slug(brand).id,
        identifier=identifier,
        company_prefix=prefix,
        party_id=parties.party_by_slug(party).id if party else None,
        source=source,
        from_at=since.replace(tzinfo=UTC) if since else now,
        actor=ACTOR,
        now=now,
    )
    click.echo("Registered.")


def _capture(file: Path, *, party: UUID | None, on_error: str) -> dict[str, object]:
    try:
        job = services.capture(
            document=file.read_bytes(),
            sender_party_id=party,
            on_error=on_error,
            actor=ACTOR,
            now=clock.now(),
            at_once=True,
        )
    except DocumentRefusedError as refused:
        return {"file": file.name, "success": False, "errors": _faults(refused.faults)}
    return {"file": file.name, **_job_json(job)}


def _job_json(job: CaptureJobRow) -> dict[str, object]:
    return {
        "id": str(job.id),
        "success": job.is_success,
        "total": job.events_total,
        "captured": job.events_new,
        "known": job.events_known,
        "errors": _faults(job.faults),
    }


def _faults(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    return [{"path": one.path, "detail": one.message} for one in faults]


def _say_capture(answer: dict[str, object]) -> None:
    errors = answer["errors"]
    assert isinstance(errors, list)  # noqa: S101 -- made a few lines above
    if "total" in answer:
        click.echo(
            f"{answer['file']}: {answer['captured']} captured, {answer['known']} known already, "
            f"{len(errors)} to mend"
        )
    else:
        click.echo(f"{answer['file']}: refused")
    for one in errors:
        click.echo(f"  {one['path']}: {one['detail']}", err=True)


def _custody_lines(found: Custody) -> list[str]:
    lines = [f"custody: {found.status.value}"]
    for step in found.steps:
        who = " → ".join(found.name_of(one) for one in (step.giver, step.taker) if one)
        mark = "ok" if step.ok else "!!"
        where = f"  {step.country}" if step.country else ""
        lines.append(f"  {step.at:%Y-%m-%d %H:%M}  {mark}  {step.kind.value:<11}{who}{where}")
    for finding in found.findings:
        lines += [f"  {finding.code.value}: {finding.text}", f"    cure: {finding.cure}"]
    if found.first_sale_at:
        country = found.first_sale_country or "not known where"
        lines.append(f"  first sold {found.first_sale_at:%Y-%m-%d}, {country}")
    return lines


def _custody_json(found: Custody) -> dict[str, object]:
    return {
        "status": found.status.value,
        "owner": found.owner.name if found.owner else "",
        "holder": found.holder.name if found.holder else "",
        "is_under_way": found.is_under_way,
        "first_sale": {
            "country": found.first_sale_country,
            "at": found.first_sale_at.isoformat() if found.first_sale_at else None,
        },
        "steps": [
            {
                "at": step.at.isoformat(),
                "kind": step.kind.value,
                "giver": found.name_of(step.giver),
                "taker": found.name_of(step.taker),
                "place": step.place,
                "country": step.country,
                "event_id": step.event_id,
                "ok": step.ok,
            }
            for step in found.steps
        ],
        "findings": [
            {
                "code": one.code.value,
                "text": one.text,
                "cure": one.cure,
                "events": list(one.event_ids),
            }
            for one in found.findings
        ],
    }
