"""Signing keys, the credentials they sign, and the status lists that take credentials back."""

from django.db import models

from bandstand.catalogue.models import Brand
from bandstand.parties.models import Party
from bandstand.plumbing.models import Record
from bandstand.rights.models.grants import Grant
from bandstand.rights.rules.credentials import Algorithm, StatusPurpose


class SigningKey(Record):
    """
    A public key that speaks for a brand or a party from one instant to another.

    Only its end may be moved, and it may be revoked, once: triggers refuse every other change. When
    either happens, every decision that rests on what it signed has to be made again.
    """

    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="signing_keys"
    )
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="signing_keys"
    )
    kid = models.CharField(max_length=120)
    jwk = models.JSONField()
    thumbprint = models.CharField(max_length=43)
    algorithm = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in Algorithm]
    )
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=300, default="", blank=True)
    compromised = models.BooleanField(default=False)
    source = models.CharField(max_length=300)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(brand=None) ^ models.Q(party=None), name="signing_key_one_owner"
            ),
            models.CheckConstraint(
                condition=models.Q(until_at=None) | models.Q(until_at__gt=models.F("from_at")),
                name="signing_key_span",
            ),
            models.UniqueConstraint(
                fields=["brand", "kid"],
                condition=~models.Q(brand=None),
                name="signing_key_once_a_brand",
            ),
            models.UniqueConstraint(
                fields=["party", "kid"],
                condition=~models.Q(party=None),
                name="signing_key_once_a_party",
            ),
        ]
        indexes = [models.Index(fields=["kid"], name="signing_key_kid")]

    def __str__(self) -> str:
        return f"{self.kid} of {self.brand or self.party}"


class Credential(Record):
    """
    A signed credential, byte for byte as it was presented, and what is wrong with its proof.

    ``fault`` is empty, or a reason's code: then the grant counts for nothing, and says why. ``key``
    is set only if the issuer's own key made the signature.
    """

    grant = models.OneToOneField(
        Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="credential"
    )
    compact = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)
    signed_sha256 = models.CharField(max_length=64)
    claims_id = models.CharField(max_length=300)
    issuer = models.CharField(max_length=300)
    kid = models.CharField(max_length=120)
    key = models.ForeignKey(
        SigningKey, on_delete=models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    presented_by = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="credentials_presented"
    )
    presented_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    fault = models.CharField(max_length=40, default="", blank=True)
    fault_text = models.CharField(max_length=500, default="", blank=True)
    fault_cure = models.CharField(max_length=500, default="", blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # One message can have many valid signatures (ECDSA): it is still one credential.
            models.UniqueConstraint(
                fields=["signed_sha256"],
                condition=~models.Q(key=None),
                name="credential_once_proved",
            ),
        ]
        indexes = [models.Index(fields=["claims_id"], name="credential_claims_id")]

    def __str__(self) -> str:
        return self.claims_id


class CredentialStatus(Record):
    """Where a credential's issuer says whether it still stands: one bit of one list."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="statuses")
    url = models.CharField(max_length=500)
    index = models.PositiveIntegerField()
    purpose = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in StatusPurpose]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["credential", "purpose"], name="status_once_a_purpose"),
        ]
        indexes = [models.Index(fields=["url"], name="status_url")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.url}#{self.index}"


class StatusListSnapshot(Record):
    """
    A status list as it was fetched, or why it could not be. Append-only.

    The bytes are kept once: a later snapshot of the same bytes has their hash alone.
    """

    url = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    body = models.BinaryField(default=bytes, blank=True)
    fetched_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["url", "-fetched_at"], name="status_snapshot_url"),
            models.Index(fields=["sha256"], name="status_snapshot_sha"),
        ]

    def __str__(self) -> str:
        return f"{self.url} at {self.fetched_at:%Y-%m-%d %H:%M}"
