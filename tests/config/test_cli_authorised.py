"""``bandstand authorised``: brands check their list before they publish it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_django import Settings

from bandstand.config.cli.authorised import authorised
from bandstand.kernel.errors import NotFoundError
from bandstand.rights.models import ListSource
from tests.factories import lists
from tests.rights.servers import Page, dns_server, web_server

LIST = "/.well-known/authorised-sellers.json"


def test_sound_file_passes_and_shows_its_entries(tmp_path: Path) -> None:
    file = tmp_path / "authorised-sellers.json"
    file.write_bytes(lists.document(sequence=7, sellers=[lists.entry()]))

    result = CliRunner().invoke(authorised, ["check", str(file)])

    assert result.exit_code == 0
    assert "aster.example, number 7" in result.output
    assert "authorises northgate.example: phone, new; US" in result.output


def test_broken_file_fails_with_every_error(tmp_path: Path) -> None:
    file = tmp_path / "authorised-sellers.json"
    file.write_bytes(lists.document(sequence=0, sellers=[{"domain": "a.example"}]))

    result = CliRunner().invoke(authorised, ["check", str(file), "--json"])

    assert result.exit_code == 1
    found = json.loads(result.output)
    assert found["valid"] is False
    assert {one["path"] for one in found["errors"]} == {
        "$.sequence",
        "$.authorised_sellers[0].countries",
        "$.authorised_sellers[0].categories",
    }


def test_missing_file_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(authorised, ["check", str(tmp_path / "none.json")])

    assert isinstance(result.exception, NotFoundError)


@pytest.mark.django_db
def test_brands_list_is_read_now(settings: Settings) -> None:
    source = lists.source()
    with web_server() as site, dns_server(lambda _name, _kind: []) as resolver:
        settings.DNS_SERVERS = [resolver]
        settings.FETCH_TEST_HOSTS = {"aster.example": ("127.0.0.1", site.port)}
        absent = CliRunner().invoke(authorised, ["fetch", "aster"])
        site.pages[LIST] = Page(lists.document(sequence=7))
        read = CliRunner().invoke(authorised, ["fetch", "aster", "--json"])

    assert absent.exit_code == 1
    assert "LIST_UNREACHABLE" in absent.output
    assert read.exit_code == 0
    assert json.loads(read.output)[0]["sequence"] == 7
    assert ListSource.objects.get(pk=source.pk).last_sequence == 7
