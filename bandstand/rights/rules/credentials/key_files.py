"""
Keys as people paste and keep them: a JWK, or PEM.

Source: RFC 7517, section 4 (JWK); RFC 7468, sections 10 and 13 (PEM) (read 2026-11-22).
"""

from collections.abc import Mapping
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from bandstand.rights.rules.credentials.keys import KEY_CURE, PRIVATE_MEMBERS, public_key
from bandstand.rights.rules.credentials.strict_json import strict_object
from bandstand.rights.rules.credentials.words import Algorithm, malformed

KEY_TEXT_MAX: Final = 8 * 1024
PEM: Final = "-----BEGIN "
PRIVATE_PEM: Final = "PRIVATE KEY-----"


def pasted_public_key(text: str) -> dict[str, Any]:
    """
    Return the public JWK that somebody pasted, as a JWK or as PEM.

    Raises: CredentialFaultError for a private key, which is not kept, and for anything else.
    """
    given = text.strip()
    if len(given) > KEY_TEXT_MAX:
        raise malformed("This is too long to be one key.", cure="Paste one public key.")
    if given.startswith(PEM):
        if PRIVATE_PEM in given:
            raise malformed(
                "This is a private key. It was not kept.",
                cure="Register the public key alone. Treat this private key as known to others: "
                "make a new one.",
            )
        found = _from_pem(given)
    else:
        found = _only_key(strict_object(given.encode(), what="The key"))
    public_key(found)
    return found


def private_key(text: str) -> dict[str, Any]:
    """
    Return the private JWK in a key file, a JWK or PEM, with its name (kid) and its algorithm.

    Raises: CredentialFaultError.
    """
    given = text.strip()
    jwk = (
        _from_pem(given)
        if given.startswith(PEM)
        else strict_object(given.encode(), what="The key file")
    )
    if "d" not in jwk:
        raise malformed("The file holds no private key.", cure="Choose the private key's file.")
    public = public_key(without_private(jwk))
    return {**jwk, "kid": public.kid, "alg": public.algorithm.value}


def without_private(jwk: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JWK without its private members."""
    return {name: value for name, value in jwk.items() if name not in PRIVATE_MEMBERS}


def new_private_key(algorithm: Algorithm) -> dict[str, Any]:
    """Return a new private JWK, named by its thumbprint."""
    made = (
        ECKey.generate_key("P-256")
        if algorithm is Algorithm.ES256
        else OKPKey.generate_key("Ed25519")
    )
    jwk: dict[str, Any] = {**made.as_dict(private=True), "alg": algorithm.value, "use": "sig"}
    return {**jwk, "kid": public_key(without_private(jwk)).thumbprint}


def _only_key(found: dict[str, Any]) -> dict[str, Any]:
    """Return the key of a set of one, or what is no set as it is."""
    keys = found.get("keys")
    if isinstance(keys, list) and len(keys) == 1 and isinstance(keys[0], dict):
        return keys[0]
    return found


def _from_pem(text: str) -> dict[str, Any]:
    for kind in (ECKey, OKPKey):
        try:
            return dict(kind.import_key(text).dict_value)
        except (JoseError, ValueError, TypeError):
            continue
    raise malformed("This PEM is not a key of a kind that is accepted.", cure=KEY_CURE)
