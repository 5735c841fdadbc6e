"""Each import contract is seen to break: a guard that cannot fail guards nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = str(Path(sys.executable).parent / "lint-imports")

PLANTS = {
    "Packages depend downwards only": ("catalogue/planted.py", "from bandstand.gate import models"),
    "Inside an app": ("offers/events.py", "from bandstand.offers import models"),
    "imports no framework and no I/O": ("money/planted.py", "import os"),
    "Delivery code never touches tables": (
        "console/planted.py",
        "from bandstand.gate import models",
    ),
    "No cycles between siblings": (
        "kernel/planted.py",
        "from bandstand.kernel import planted_too",
    ),
}
CYCLE = ("kernel/planted_too.py", "from bandstand.kernel import planted")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the package, so that a planted violation touches nothing else."""
    shutil.copytree(
        ROOT / "bandstand",
        tmp_path / "bandstand",
        ignore=shutil.ignore_patterns("migrations", "__pycache__", "*.csv"),
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- our own linter on our own copy
        [LINT, "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("contract", PLANTS)
def test_contract_breaks_on_a_planted_violation(copy: Path, contract: str) -> None:
    for name, line in (PLANTS[contract], CYCLE):
        file = copy / "bandstand" / name
        text = file.read_text() if file.exists() else ""
        if contract.startswith("No cycles") or name != CYCLE[0]:
            file.write_text(text + "\n" + line + "\n")

    done = lint(copy)

    flat = " ".join(done.stdout.split())
    assert done.returncode == 1, done.stdout
    assert any(contract in verdict for verdict in _broken(flat)), done.stdout


def _broken(flat: str) -> list[str]:
    # The report wraps long names, so it is read as one line: "... KEPT name BROKEN name KEPT".
    return [part.rsplit(" KEPT ", 1)[-1] for part in flat.split(" BROKEN")[:-1]]


def test_house_as_it_stands_keeps_every_contract(copy: Path) -> None:
    done = lint(copy)

    assert done.returncode == 0, done.stdout
