"""What can be done with events, keys and identities."""

from bandstand.provenance.services.capturing import capture, limits, run_capture
from bandstand.provenance.services.identities import (
    IdentityTakenError,
    name_brand_identity,
    name_party,
)
from bandstand.provenance.services.keys import MadeKey, make_key, revoke_key

__all__ = [
    "IdentityTakenError",
    "MadeKey",
    "capture",
    "limits",
    "make_key",
    "name_brand_identity",
    "name_party",
    "revoke_key",
    "run_capture",
]
