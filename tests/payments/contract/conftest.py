from collections.abc import Iterator

import pytest

from tests.payments.contract.shapes import SHAPES, Shape, shape_of


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest, db: None) -> Iterator[Shape]:
    """Let a test run against every gateway."""
    assert db is None
    with shape_of(request.param) as one:
        yield one
