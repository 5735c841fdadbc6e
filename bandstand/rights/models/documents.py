"""Letters, contracts and invoices that sellers show, what their issuers answered, and reviews."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bandstand.catalogue.models import Brand
from bandstand.parties.models import Party, Person
from bandstand.plumbing.models import Record
from bandstand.rights.models.grants import Grant
from bandstand.rights.rules.documents import Channel, DocumentKind, DocumentMove, DocumentState


class Document(Record):
    """
    One file that a seller shows as proof, with what the seller says it permits.

    The bytes lie in the private vault under their hash. Only the state moves; a trigger keeps the
    rest as it was uploaded and lets nothing be accepted without two different readers.
    """

    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in DocumentKind])
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    byte_count = models.PositiveIntegerField()
    flags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    text_found = models.TextField(default="", blank=True)
    contacts_found = ArrayField(models.CharField(max_length=254), default=list, blank=True)
    issuer_brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    issuer_party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    parent = models.ForeignKey(
        Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    brands = ArrayField(models.UUIDField())
    categories = ArrayField(models.UUIDField())
    markets = ArrayField(models.CharField(max_length=3))
    models_only = ArrayField(models.UUIDField(), default=list, blank=True)
    conditions = ArrayField(models.CharField(max_length=16))
    delegate_depth = models.PositiveSmallIntegerField(default=0)
    letter_date = models.DateField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in DocumentState]
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(issuer_brand=None) ^ models.Q(issuer_party=None),
                name="document_one_issuer",
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__gt=models.F("from_at")), name="document_span"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in DocumentState]),
                name="document_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="accepted", grant__isnull=False)
                | (~models.Q(state="accepted") & models.Q(grant=None)),
                name="document_grant_when_accepted",
            ),
            models.UniqueConstraint(
                fields=["seller", "sha256"],
                condition=models.Q(state__in=["waiting", "half"]),
                name="document_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["uploaded_at"],
                name="document_open",
                condition=models.Q(state__in=["waiting", "half"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.seller_id}"


class IssuerContact(Record):
    """Whom a reader asked about a document, found where, and the answer. Append-only."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="contacts")
    channel = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Channel])
    value = models.CharField(max_length=254)
    source = models.CharField(max_length=500)
    answer = models.TextField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel} {self.value}"


class DocumentReview(Record):
    """What one reader found. Append-only; one a reader and document."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in (DocumentMove.ACCEPT, DocumentMove.REFUSE)],
    )
    reason = models.CharField(max_length=1000)
    cure = models.CharField(max_length=500, default="", blank=True)
    contact = models.ForeignKey(
        IssuerContact, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_independent = models.BooleanField(default=False)
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "reviewer"], name="document_reviewed_once_each"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="refuse")
                | models.Q(verdict="accept", contact__isnull=False, is_independent=True),
                name="document_accepted_on_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.document_id}"
