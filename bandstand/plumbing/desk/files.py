"""Private files as answers: always something to keep, never something a browser opens here."""

from typing import Final

from django.http import HttpResponse

SANDBOX: Final = "sandbox; default-src 'none'"
"""What the browser is told of the bytes: nothing in them may run, load, or be framed."""


def private_file(content: bytes, *, name: str) -> HttpResponse:
    """
    Return a private file as a download under a name of our own making.

    The browser is told that it is bytes and must not guess; the ending tells a person what it is.
    """
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
