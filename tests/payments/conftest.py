from collections.abc import Callable, Iterator

import pytest

from bandstand.payments import gateways
from bandstand.payments.gateways.sandbox import CALM, Chaos, SandboxGateway
from bandstand.payments.gateways.sandbox_many import ManySandbox

Misbehave = Callable[[Chaos], SandboxGateway]


@pytest.fixture
def misbehave() -> Iterator[Misbehave]:
    """Let a test give the sandbox another temper; it is calm again afterwards."""

    def put(chaos: Chaos) -> SandboxGateway:
        gateway = ManySandbox(chaos=chaos)
        gateways.register(gateway)
        return gateway

    yield put
    put(CALM)
