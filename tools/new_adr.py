"""Starts a decision record: python tools/new_adr.py "Decision as a sentence"."""

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "adr"
FORM = """# {number:04d} {title}

Status: proposed · Date: · Tags:

**Decision.**

**Reason.**

**Rejected.**

**Do not change this without revisiting** …
"""


def main() -> int:
    title = " ".join(sys.argv[1:]).strip()
    if not title:
        print('Say the decision as a sentence: make adr TITLE="A hold is one row"')
        return 2
    number = 1 + max((int(file.name[:4]) for file in FOLDER.glob("[0-9]*.md")), default=0)
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    path = FOLDER / f"{number:04d}-{slug}.md"
    path.write_text(FORM.format(number=number, title=title))
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
