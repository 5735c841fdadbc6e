"""
Runs every check in the order a reader would want to fail: cheap and certain first.

`make test` is this, and nothing else is what CI runs. `--only lint` stops before the tests.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    command: tuple[str, ...]
    is_lint: bool = True


def tool(name: str) -> str:
    return str(BIN / name)


CHECKS = (
    Check("format", (tool("ruff"), "format", "--check", ".")),
    Check("ruff", (tool("ruff"), "check", ".")),
    Check("rules have tests", (tool("ast-grep"), "test", "--skip-snapshot-tests")),
    Check("ast-grep", (tool("ast-grep"), "scan", "--error")),
    Check("sizes", (sys.executable, "tools/check_sizes.py")),
    Check("vendored files", (sys.executable, "tools/vendored.py")),
    Check("types", (tool("mypy"), "bandstand", "tests", "tools", "bench")),
    Check("imports", (tool("lint-imports"), "--no-logo")),
    Check("migrations", (tool("bandstand"), "manage", "makemigrations", "--check", "--dry-run")),
    Check(
        "core",
        (tool("pytest"), "-q", "tests/kernel", "tests/timespan", "tests/money", "tests/radio"),
        is_lint=False,
    ),
    Check("drawing", (sys.executable, "tools/ensure_pango.py"), is_lint=False),
    Check(
        "tests",
        (
            tool("pytest"),
            "-q",
            "-n2",
            "--dist=loadfile",
            "tests",
            "--ignore=tests/kernel",
            "--ignore=tests/timespan",
            "--ignore=tests/money",
            "--ignore=tests/radio",
            "--ignore=tests/journeys",
        ),
        is_lint=False,
    ),
    Check("browser", (sys.executable, "tools/ensure_chromium.py"), is_lint=False),
    Check("journeys", (tool("pytest"), "-q", "tests/journeys"), is_lint=False),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint", "tests"])
    only = parser.parse_args().only
    wanted = [one for one in CHECKS if only is None or one.is_lint == (only == "lint")]
    failed = [check.name for check in wanted if not passes(check)]
    print(f"\n{len(wanted) - len(failed)} checks passed, {len(failed)} failed", *failed)
    return 1 if failed else 0


def passes(check: Check) -> bool:
    print(f"\n── {check.name}", flush=True)
    started = time.monotonic()
    environment = {**os.environ, "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
    code = subprocess.run(check.command, cwd=ROOT, check=False, env=environment).returncode  # noqa: S603 -- the table above
    print(f"   {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - started:.1f} s", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
