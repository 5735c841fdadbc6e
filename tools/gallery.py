"""
Render every component with invented values, for looking at: python tools/gallery.py OUTDIR.

Writes OUTDIR/index.html (home and shelf), product.html, parts.html, stopped.html and console.html
beside a copy of static/. Serve them with: python -m http.server --directory OUTDIR
"""

import shutil
import sys
from pathlib import Path
from typing import Final

import django
from django.conf import settings
from django.template import Context, Engine

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import gallery_values

ROOT: Final = Path(__file__).resolve().parent.parent


def pages() -> dict[str, str]:
    """Return the finished pages by file name. Settings must be configured."""
    engine = Engine(
        dirs=[str(ROOT / "templates"), str(ROOT / "tools" / "gallery_templates")],
        libraries={"static": "django.templatetags.static"},
    )
    contexts = gallery_values.contexts()
    return {
        name: engine.get_template(name).render(Context(context))
        for name, context in contexts.items()
    }


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("say where to write: python tools/gallery.py OUTDIR", file=sys.stderr)
        return 2
    out = Path(arguments[0])
    settings.configure(STATIC_URL="/static/", USE_I18N=False)
    django.setup()
    shutil.copytree(ROOT / "static", out / "static", dirs_exist_ok=True)
    for name, page in pages().items():
        (out / name).write_text(page, encoding="utf-8")
        print(out / name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
