"""Fails on functions over 60 lines and files over 400: a room with too many people in it."""

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 400
TEMPLATE_LINES_MAX = 120
SCRIPT_LINES_MAX = 100
PLACES = ("bandstand", "tests", "tools", "bench")


def main() -> int:
    problems = [
        problem for place in PLACES for file in sources(ROOT / place) for problem in check(file)
    ]
    problems += too_long((ROOT / "templates").rglob("*.html"), TEMPLATE_LINES_MAX)
    problems += too_long((ROOT / "static" / "js").rglob("*.js"), SCRIPT_LINES_MAX)
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


def sources(place: Path) -> list[Path]:
    return [file for file in sorted(place.rglob("*.py")) if "migrations" not in file.parts]


def check(file: Path) -> list[str]:
    text = file.read_text()
    name = file.relative_to(ROOT)
    found = [
        f"{name}:{node.lineno} {node.name} has {length} lines (at most {FUNCTION_LINES_MAX})"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    lines = text.count("\n")
    if lines > FILE_LINES_MAX:
        found.append(f"{name} has {lines} lines (at most {FILE_LINES_MAX})")
    return found


def too_long(files: Iterable[Path], most: int) -> list[str]:
    return [
        f"{file.relative_to(ROOT)} has {lines} lines (at most {most})"
        for file in sorted(files)
        if (lines := file.read_text().count("\n")) > most
    ]


if __name__ == "__main__":
    sys.exit(main())
