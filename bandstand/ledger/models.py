"""Accounts, transfers, postings, balances and seals. Triggers keep them true and append-only."""

from django.db import models

from bandstand.ledger.rules import AccountKind
from bandstand.plumbing.models import Record


class Account(Record):
    """One account in one currency; ``key`` names the sub-ledger (a plan, a seller, an order)."""

    code = models.CharField(max_length=40)
    key = models.CharField(max_length=60, default="", blank=True)
    currency = models.CharField(max_length=3)
    kind = models.CharField(
        max_length=10, choices=[(kind.value, kind.value) for kind in AccountKind]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "key", "currency"], name="account_once")
        ]

    def __str__(self) -> str:
        return (
            f"{self.code}[{self.key}] {self.currency}"
            if self.key
            else f"{self.code} {self.currency}"
        )


class Transfer(Record):
    """A balanced movement. Never edited: a correction is another transfer that reverses it."""

    idempotency_key = models.CharField(max_length=200, unique=True)
    request_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    memo = models.CharField(max_length=300, default="", blank=True)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    leg_count = models.PositiveSmallIntegerField()  # said once: no leg can be added afterwards
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(leg_count__gte=2), name="transfer_has_two_sides"
            ),
            models.CheckConstraint(
                condition=~models.Q(reverses=models.F("id")), name="transfer_reverses_another"
            ),
        ]
        indexes = [
            models.Index(fields=["effective_at"], name="transfer_effective"),
            models.Index(fields=["-recorded_at", "-id"], name="transfer_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.idempotency_key}"


class Posting(Record):
    """One leg: debit positive, credit negative."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="postings")
    number = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "number"], name="posting_once"),
            models.CheckConstraint(
                condition=~models.Q(amount_minor=0), name="posting_moves_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor}"


class Balance(models.Model):
    """
    One shard of what an account stands at; the shards of an account add up to its balance.

    Written by a trigger with every posting and folded nightly, never by hand.
    """

    pk = models.CompositePrimaryKey("account_id", "shard")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="shards", db_index=False
    )
    shard = models.IntegerField()
    amount_minor = models.BigIntegerField()
    postings = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.account_id} shard {self.shard}: {self.amount_minor}"


class Seal(models.Model):
    """A link of the chain: the hash of the transfers it covers and of the link before."""

    number = models.PositiveIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    transfers = models.PositiveIntegerField()
    previous = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"seal {self.number} {self.sha256[:12]}"


class SealedTransfer(models.Model):
    """That a seal covers a transfer; a transfer is sealed once."""

    transfer = models.OneToOneField(
        Transfer, on_delete=models.PROTECT, primary_key=True, related_name="sealed"
    )
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="members")

    def __str__(self) -> str:
        return f"{self.transfer_id} under {self.seal_id}"


class Proof(Record):
    """What a nightly proof of the books found; no faults is what it should find."""

    proved_at = models.DateTimeField()
    transfers = models.BigIntegerField()
    postings = models.BigIntegerField()
    head = models.CharField(max_length=64, default="", blank=True)
    faults = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-proved_at"], name="proof_newest")]

    def __str__(self) -> str:
        return f"proof of {self.proved_at:%Y-%m-%d}: {'sound' if not self.faults else 'FAULTS'}"
