"""Which payment providers there are. The settings name the one that new payments use."""

from django.conf import settings

from bandstand.kernel.errors import BadInputError, near_matches
from bandstand.payments.gateways.port import Gateway
from bandstand.payments.gateways.sandbox_many import ManySandbox
from bandstand.payments.gateways.stripe_gateway import StripeGateway


class UnknownGatewayError(BadInputError):
    """A gateway that is not installed."""

    code = "unknown_gateway"


_registry: dict[str, Gateway] = {}


def register(gateway: Gateway) -> None:
    """Let a gateway serve its name, in place of whichever served it before."""
    _registry[gateway.name] = gateway


def gateway(name: str) -> Gateway:
    """
    Return the gateway of a name.

    Raises: UnknownGatewayError, with near matches.
    """
    for known in (ManySandbox, StripeGateway):
        if known.name not in _registry:
            register(known())
    if name not in _registry:
        near = near_matches(name, sorted(_registry))
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise UnknownGatewayError(f"There is no gateway “{name}”.{hint}", name=name)
    return _registry[name]


def default_name() -> str:
    """Return the name of the gateway that new payments use."""
    return str(settings.GATEWAY)


def asks_on_own_page() -> bool:
    """Say whether buyers type their card on the provider's page, so that the shop asks for none."""
    return default_name() == StripeGateway.name
