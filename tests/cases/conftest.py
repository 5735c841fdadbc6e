from collections.abc import Iterator

import pytest
import pytest_django


@pytest.fixture
def server(
    django_db_modify_db_settings: None,  # noqa: ARG001 -- starts the server
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[None]:
    """Let a book have scratch databases of its own."""
    with django_db_blocker.unblock():
        yield
