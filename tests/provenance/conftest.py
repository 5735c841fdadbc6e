import pytest

from tests.provenance.world import World, make_world


@pytest.fixture
def world(
    db: None,  # noqa: ARG001 -- opens the database
) -> World:
    return make_world()
