"""Markets, brands, models, variants, networks, and the fits stored between them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bandstand.catalogue.rules import BandRole, ClaimState, Trait
from bandstand.kernel.words import Answer, Certainty
from bandstand.parties.models import Party
from bandstand.plumbing.models import Record

ANSWERS = [(answer.value, answer.value) for answer in Answer]
CERTAINTIES = [(certainty.value, certainty.value) for certainty in Certainty]


class Market(models.Model):
    """A place of delivery whose rules apply."""

    code = models.CharField(primary_key=True, max_length=3)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    members = ArrayField(models.CharField(max_length=2))
    regimes = ArrayField(models.CharField(max_length=20), default=list)
    time_zone = models.CharField(max_length=60)
    locale = models.CharField(max_length=10, default="en_US")

    def __str__(self) -> str:
        return self.name


class Brand(Record):
    """The rights holder's mark. A parent lends nothing unless a rule says so."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    names = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="sub_brands"
    )
    owner = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="brands"
    )

    def __str__(self) -> str:
        return self.name


class Category(Record):
    """What kind of thing a model is; radio equipment needs an approval."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    is_radio = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class DeviceModel(Record):
    """The named device, of which there may be several variants."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="models")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="models")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140)
    released_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "slug"], name="model_once")]

    def __str__(self) -> str:
        return f"{self.brand.name} {self.name}"


class Variant(Record):
    """The exact hardware version: its own model code, bands and approvals."""

    model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="variants")
    code = models.CharField(max_length=80)
    slug = models.SlugField(max_length=200, unique=True)
    region = models.CharField(max_length=120, default="", blank=True)
    is_radio = models.BooleanField(default=True)
    volte = models.CharField(max_length=8, choices=ANSWERS, default=Answer.UNKNOWN.value)
    vonr = models.CharField(max_length=8, choices=ANSWERS, default=Answer.UNKNOWN.value)
    esim = models.CharField(max_length=8, choices=ANSWERS, default=Answer.UNKNOWN.value)
    psim = models.CharField(max_length=8, choices=ANSWERS, default=Answer.UNKNOWN.value)
    nr_sa = models.CharField(max_length=8, choices=ANSWERS, default=Answer.UNKNOWN.value)
    nr_nsa = models.CharField(max_length=8, choices=ANSWERS, default=Answer.UNKNOWN.value)
    fcc_id = models.CharField(max_length=60, default="", blank=True)
    release_text = models.CharField(max_length=80, default="", blank=True)
    notes = models.TextField(default="", blank=True)
    source = models.TextField(default="", blank=True)
    certainty = models.CharField(max_length=8, choices=CERTAINTIES, default=Certainty.LOW.value)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "code"], name="variant_once")]

    def __str__(self) -> str:
        return f"{self.model} ({self.code})"


class BandClaim(Record):
    """What one source says of a variant's bands on one radio technology."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="claims")
    rat = models.CharField(max_length=12)
    bands = ArrayField(models.CharField(max_length=8), default=list)
    raw = models.CharField(max_length=300, default="", blank=True)
    doubt = models.CharField(max_length=300, default="", blank=True)  # what of it cannot be right
    source = models.TextField()
    certainty = models.CharField(max_length=8, choices=CERTAINTIES)
    read_on = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in ClaimState],
        default=ClaimState.CURRENT.value,
    )
    entered_by = models.CharField(max_length=200, default="", blank=True)  # empty: by a table
    entered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "rat", "source"],
                condition=~models.Q(state=ClaimState.SUPERSEDED.value),
                name="claim_once_a_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.variant} {self.rat} {' '.join(self.bands)}"


class AnswerClaim(Record):
    """What one source says of a yes-or-no trait of a variant: VoLTE, eSIM and the like."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="answer_claims")
    trait = models.CharField(max_length=8, choices=[(trait.value, trait.value) for trait in Trait])
    answer = models.CharField(max_length=8, choices=ANSWERS)
    raw = models.CharField(max_length=300, default="", blank=True)
    source = models.TextField()
    certainty = models.CharField(max_length=8, choices=CERTAINTIES)
    read_on = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in ClaimState],
        default=ClaimState.CURRENT.value,
    )
    entered_by = models.CharField(max_length=200, default="", blank=True)  # empty: by a table
    entered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "trait", "source"],
                condition=~models.Q(state=ClaimState.SUPERSEDED.value),
                name="answer_once_a_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.variant} {self.trait}: {self.answer}"


class Tac(Record):
    """The first eight digits of an IMEI, which name the exact hardware version."""

    tac = models.CharField(max_length=8, unique=True)
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="tacs")
    source = models.TextField()
    certainty = models.CharField(max_length=8, choices=CERTAINTIES)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tac__regex=r"^[0-9]{8}$"), name="tac_eight_digits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tac}: {self.variant}"


class Network(Record):
    """A mobile network by MCC and MNC, or an MVNO by name; its contracts say who hosts it."""

    mcc = models.CharField(max_length=3)
    mnc = models.CharField(max_length=3)
    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="", blank=True)
    volte = models.CharField(max_length=8, choices=ANSWERS, default=Answer.UNKNOWN.value)
    nr_sa = models.CharField(max_length=8, choices=ANSWERS, default=Answer.UNKNOWN.value)
    nr_nsa = models.CharField(max_length=8, choices=ANSWERS, default=Answer.UNKNOWN.value)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mcc", "mnc", "name"], name="network_once")]

    @property
    def code(self) -> str:
        """The printed MCC-MNC, “228-0” without an MNC; without numbers, the name."""
        return f"{self.mcc}-{self.mnc or '0'}" if self.mcc else self.name

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class HostContract(Record):
    """That a network's customers ride on a host for a time, ``[from_date, until_date)``."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="contracts")
    host = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="guests")
    without = models.JSONField(default=list, blank=True)  # what the contract leaves out
    from_date = models.DateField(null=True, blank=True)
    until_date = models.DateField(null=True, blank=True)
    source = models.TextField()
    certainty = models.CharField(max_length=8, choices=CERTAINTIES)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "host", "from_date"],
                nulls_distinct=False,
                name="host_contract_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until_date=None)
                | models.Q(from_date=None)
                | models.Q(until_date__gt=models.F("from_date")),
                name="host_contract_span",
            ),
            models.CheckConstraint(
                condition=~models.Q(network=models.F("host")), name="host_contract_other"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network} on {self.host}"


class NetworkBand(Record):
    """That a network runs a band in a role for a time, ``[from_date, until_date)``."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="bands")
    rat = models.CharField(max_length=12)
    band = models.CharField(max_length=8)
    role = models.CharField(max_length=10, choices=[(role.value, role.value) for role in BandRole])
    from_date = models.DateField(null=True, blank=True)
    until_date = models.DateField(null=True, blank=True)
    announced_until_date = models.DateField(null=True, blank=True)  # warns, never ends the band
    source = models.TextField()
    certainty = models.CharField(max_length=8, choices=CERTAINTIES)
    read_on = models.DateField(null=True, blank=True)
    entered_by = models.CharField(max_length=200, default="", blank=True)  # empty: by a table
    entered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "rat", "band", "role", "from_date"],
                nulls_distinct=False,
                name="network_band_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until_date=None)
                | models.Q(from_date=None)
                | models.Q(until_date__gt=models.F("from_date")),
                name="network_band_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.rat} {self.band} {self.role}"


class NetworkPolicy(Record):
    """
    A dated, sourced policy fact; ``body`` has the shape of its kind.

    Without a network it holds on every network, as firmware that switches a band off does.
    """

    network = models.ForeignKey(
        Network, on_delete=models.CASCADE, null=True, blank=True, related_name="policies"
    )
    kind = models.CharField(max_length=40)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64, unique=True)  # of network and body: the natural key
    from_date = models.DateField(null=True, blank=True)
    until_date = models.DateField(null=True, blank=True)
    source = models.TextField()
    certainty = models.CharField(max_length=8, choices=CERTAINTIES)
    read_on = models.DateField(null=True, blank=True)
    entered_by = models.CharField(max_length=200, default="", blank=True)  # empty: by a table
    entered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.network} {self.kind}"


class OperatorNetwork(Record):
    """A host network that the operator's plans run on; the first is the shop's default."""

    network = models.OneToOneField(Network, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(unique=True)

    def __str__(self) -> str:
        return f"{self.position}: {self.network}"


class StoredFit(Record):
    """The fit of a variant on a network over an interval in which no fact changes."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="fits")
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="fits")
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    tier = models.CharField(max_length=16)
    tier_rank = models.PositiveSmallIntegerField()  # higher is better, for sort and filter
    calls = models.CharField(max_length=8, choices=ANSWERS)
    nr = models.CharField(max_length=8, choices=ANSWERS)
    label = models.CharField(max_length=60)
    sentence = models.TextField(default="")
    body = models.JSONField()
    inputs_hash = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "network", "from_date"], name="stored_fit_once"
            )
        ]
        indexes = [models.Index(fields=["network", "tier_rank"], name="stored_fit_tier")]

    def __str__(self) -> str:
        return f"{self.variant} on {self.network}: {self.tier}"


class FitInput(models.Model):
    """
    One side of a frozen fit's inputs, kept once under the hash of its canonical bytes. Append-only.

    A side is a radio as sources describe it, or a network with the rules in force on it.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    body = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="fit_input_hash"
            )
        ]

    def __str__(self) -> str:
        return self.sha256


class LoadRun(Record):
    """One run of a data load and what it did."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    files = models.JSONField(default=list)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)  # [{file, line, reason}]

    def __str__(self) -> str:
        return f"load of {self.started_at:%Y-%m-%d %H:%M}"
