"""Which ways of paying sellers there are. A route names the one that a currency uses."""

from bandstand.kernel.errors import near_matches
from bandstand.payments.gateways import UnknownGatewayError
from bandstand.payouts.gateways.bank_file import BankFile
from bandstand.payouts.gateways.port import PayoutGateway
from bandstand.payouts.gateways.sandbox import SandboxPayouts
from bandstand.payouts.gateways.stripe_connect import StripeConnect

_registry: dict[str, PayoutGateway] = {}


def register(gateway: PayoutGateway) -> None:
    """Let a gateway serve its name, in place of whichever served it before."""
    _registry[gateway.name] = gateway


def gateway(name: str) -> PayoutGateway:
    """
    Return the payout gateway of a name.

    Raises: UnknownGatewayError, with near matches.
    """
    known = {one.name: one for one in gateways()}
    if name not in known:
        near = near_matches(name, sorted(known))
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise UnknownGatewayError(f"There is no payout gateway “{name}”.{hint}", name=name)
    return known[name]


def gateways() -> tuple[PayoutGateway, ...]:
    """Return every payout gateway, by name."""
    for known in (BankFile, SandboxPayouts, StripeConnect):
        if known.name not in _registry:
            register(known())
    return tuple(_registry[name] for name in sorted(_registry))
