"""What every page says of the shop itself."""

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the context that the base template needs."""
    return {"site": None, "path": request.path}
