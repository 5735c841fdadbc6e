"""The command line of events, as a user types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bandstand.config.cli.epcis import epcis
from bandstand.provenance.models import EpcisKey, Event
from tests.factories.provenance import GTIN, chain, document, event, pgln
from tests.provenance.world import World


def run(*arguments: str) -> Result:
    return CliRunner().invoke(epcis, arguments, catch_exceptions=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.json"
    path.write_bytes(document(*chain(pgln(1), pgln(2))))
    return path


def test_file_is_captured_and_its_phone_asked_for(world: World, file: Path) -> None:
    captured = run("capture", str(file), "--sender", "aster", "--json")
    asked = run("custody", "--serial", "A1", "--gtin", GTIN, "--brand", world.brand.slug)

    assert captured.exit_code == 0
    assert json.loads(captured.stdout)["captured"] == 3
    assert Event.objects.filter(sender=world.aster).count() == 3
    assert asked.exit_code == 1
    assert "custody: gap" in asked.stdout
    assert "said by Aster alone" in asked.stdout


def test_wrong_event_is_told_with_its_field_and_exit_2(world: World, tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_bytes(document(event("flying")))

    answer = run("capture", str(path))

    assert world.brand.name == "Aster"
    assert answer.exit_code == 2
    assert "$.epcisBody.eventList[0].bizStep" in answer.stderr
    assert not Event.objects.exists()


def test_key_is_made_shown_and_revoked(world: World) -> None:
    made = json.loads(run("key", "create", "aster", "--json").stdout)

    assert EpcisKey.objects.get().party == world.aster
    assert made["token"].startswith("bsk_")
    assert "Revoked" in run("key", "revoke", made["id"]).stdout
    assert EpcisKey.objects.get().revoked_at is not None


def test_identities_are_registered(world: World, file: Path) -> None:
    factory = pgln(9)
    file.write_bytes(document(*chain(factory, pgln(2))))
    run("capture", str(file))

    brand = run("identity", "brand", world.brand.slug, factory, "--since", "2026-01-01")
    party = run("identity", "party", "harbor", factory)

    assert (brand.exit_code, party.exit_code) == (0, 0)
    whole = run("custody", "--serial", "A1", "--gtin", GTIN, "--brand", "aster", "--json")
    assert json.loads(whole.stdout)["status"] == "complete"
