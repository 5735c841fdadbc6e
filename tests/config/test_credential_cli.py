"""Credentials at the command line, without a shop: made, checked, and refused with an exit code."""

import json
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bandstand.config.cli.main import main
from bandstand.rights.rules.credentials import Algorithm
from tests.rights.signing import claims, signed

AT = "2026-11-22T10:00:00Z"


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run commands as the shell would, in this process."""

    def command(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["bandstand", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return command


@pytest.fixture
def issued(run: Run, tmp_path: Path) -> Path:
    """Make a key, sign a grant with it, and leave everything in one folder."""
    made = run("credential", "key", "new", "--alg", "ES256", "--out", str(tmp_path / "key.json"))
    (tmp_path / "public.json").write_text(made.stdout)
    (tmp_path / "grant.json").write_text(json.dumps(claims()))
    done = run(
        "credential", "issue",
        "--key", str(tmp_path / "key.json"),
        "--claims", str(tmp_path / "grant.json"),
        "--out", str(tmp_path / "grant.jwt"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_private_key_is_the_owners_alone_and_never_written_over(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "key.json"

    one = run("credential", "key", "new", "--out", str(file))
    kept = file.read_text()
    two = run("credential", "key", "new", "--out", str(file))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "d" in json.loads(kept)
    assert "d" not in json.loads(one.stdout)
    assert (two.returncode, file.read_text()) == (2, kept)
    assert "never written over" in two.stderr


@pytest.mark.parametrize("alg", [one.value for one in Algorithm])
def test_every_algorithm_signs_and_verifies(run: Run, tmp_path: Path, alg: str) -> None:
    key, public, grant = (tmp_path / name for name in ("key.json", "public.json", "grant.json"))
    public.write_text(run("credential", "key", "new", "--alg", alg, "--out", str(key)).stdout)
    grant.write_text(json.dumps(claims()))
    credential = tmp_path / "grant.jwt"
    credential.write_text(
        run("credential", "issue", "--key", str(key), "--claims", str(grant)).stdout
    )

    done = run("credential", "verify", str(credential), "--jwks", str(public), "--at", AT, "--json")

    answer = json.loads(done.stdout)
    assert (done.returncode, answer["ok"], answer["alg"]) == (0, True, alg)


def test_genuine_credential_is_told_in_plain_words(run: Run, issued: Path) -> None:
    done = run(
        "credential", "verify", str(issued / "grant.jwt"),
        "--jwks", str(issued / "public.json"), "--at", AT,
    )  # fmt: skip

    assert done.returncode == 0
    assert "genuine and in its period" in done.stdout
    assert "urn:bandstand:party:northgate" in done.stdout


@pytest.mark.parametrize(
    ("credential", "at", "code"),
    [
        ("forged", AT, "AUTH_SIGNATURE_INVALID"),
        ("unsigned", AT, "AUTH_ALG_NOT_ALLOWED"),
        ("genuine", "2027-03-01T00:00:00Z", "AUTH_EXPIRED"),
        ("genuine", "2026-01-01T00:00:00Z", "AUTH_NOT_YET_VALID"),
        ("rubbish", AT, "CREDENTIAL_MALFORMED"),
    ],
)
def test_what_does_not_hold_is_exit_1_with_its_reason(
    run: Run, issued: Path, credential: str, at: str, code: str
) -> None:
    genuine = (issued / "grant.jwt").read_text().strip()
    file = issued / "shown.jwt"
    file.write_text(
        {
            "genuine": genuine,
            "forged": genuine[:-4] + "AAAA",
            "unsigned": signed(alg="none"),
            "rubbish": "hello",
        }[credential]
    )

    done = run(
        "credential", "verify", str(file), "--jwks", str(issued / "public.json"),
        "--at", at, "--json",
    )  # fmt: skip

    assert (done.returncode, json.loads(done.stdout)["code"]) == (1, code)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "--jwks FILE or --brand SLUG"),
        (("--jwks", "public.json", "--at", "soon"), "not an instant"),
        (("--jwks", "grant.jwt"), "not JSON"),
        (("--jwks", "key.json"), "private part"),
    ],
)
def test_wrong_question_is_exit_2(run: Run, issued: Path, words: tuple[str, ...], why: str) -> None:
    paths = [str(issued / word) if "." in word else word for word in words]

    done = run("credential", "verify", str(issued / "grant.jwt"), *paths)

    assert done.returncode == 2
    assert why in done.stderr


def test_claims_that_could_not_be_read_back_are_not_signed(run: Run, issued: Path) -> None:
    (issued / "grant.json").write_text(json.dumps(claims(subject={"brands": []})))

    done = run(
        "credential", "issue", "--key", str(issued / "key.json"),
        "--claims", str(issued / "grant.json"),
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")
    assert "brands names nothing" in done.stderr
