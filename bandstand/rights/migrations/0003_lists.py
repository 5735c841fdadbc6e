"""Domains and published lists; what was fetched and what was revoked is append-only."""

import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models

APPEND_ONLY = """
select plumbing_make_append_only('rights_listsnapshot');
select plumbing_make_append_only('rights_listrevocation');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("parties", "0001_initial"),
        ("plumbing", "0002_append_only"),
        ("rights", "0002_keys"),
    ]
    operations = [
        migrations.CreateModel(
            name="BrandDomain",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("domain", models.CharField(max_length=253)),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("dns_txt", "dns_txt"), ("file", "file"), ("staff", "staff")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("challenge", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=200)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("last_fault", models.TextField(blank=True, default="")),
                ("lost_at", models.DateTimeField(blank=True, null=True)),
                ("looks_like", models.CharField(blank=True, default="", max_length=300)),
                ("proved_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_by", models.CharField(blank=True, default="", max_length=200)),
                ("review_reason", models.CharField(blank=True, default="", max_length=300)),
                ("refused_at", models.DateTimeField(blank=True, null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="domains",
                        to="catalogue.brand",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListSource",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("url", models.CharField(max_length=400)),
                ("last_sequence", models.BigIntegerField(blank=True, null=True)),
                ("last_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("last_issued_at", models.DateTimeField(blank=True, null=True)),
                ("last_good_at", models.DateTimeField(blank=True, null=True)),
                ("last_tried_at", models.DateTimeField(blank=True, null=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("last_fault", models.CharField(blank=True, default="", max_length=40)),
                ("last_fault_text", models.TextField(blank=True, default="")),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="list_sources",
                        to="catalogue.brand",
                    ),
                ),
                (
                    "domain",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="source",
                        to="rights.branddomain",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListSnapshot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sequence", models.BigIntegerField(blank=True, null=True)),
                ("fetched_at", models.DateTimeField()),
                ("final_url", models.CharField(blank=True, default="", max_length=2000)),
                ("body", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("accepted", models.BooleanField()),
                ("fault", models.CharField(blank=True, default="", max_length=40)),
                ("fault_text", models.TextField(blank=True, default="")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="snapshots",
                        to="rights.listsource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListRevocation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seller_key", models.CharField(max_length=300)),
                ("revoked_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("sequence", models.BigIntegerField()),
                ("seen_at", models.DateTimeField()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revocations",
                        to="rights.listsource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListedGrant",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seller_key", models.CharField(max_length=300)),
                ("entry_sha256", models.CharField(max_length=64)),
                ("first_seen_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "grant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listed",
                        to="rights.grant",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listed",
                        to="rights.listsource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListClaim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seller_key", models.CharField(max_length=300)),
                ("name", models.CharField(blank=True, default="", max_length=300)),
                ("why", models.TextField(blank=True, default="")),
                ("first_seen_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="rights.listsource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PartyDomain",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("domain", models.CharField(max_length=253)),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("dns_txt", "dns_txt"), ("file", "file"), ("staff", "staff")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("challenge", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=200)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("last_fault", models.TextField(blank=True, default="")),
                ("lost_at", models.DateTimeField(blank=True, null=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="domains",
                        to="parties.party",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="branddomain",
            constraint=models.UniqueConstraint(
                fields=("brand", "domain"), name="brand_domain_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="branddomain",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_at", None),
                    ("looks_like", ""),
                    models.Q(("reviewed_at", None), _negated=True),
                    _connector="OR",
                ),
                name="brand_domain_look_alike_reviewed",
            ),
        ),
        migrations.AddConstraint(
            model_name="branddomain",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_at", None), models.Q(("method", ""), _negated=True), _connector="OR"
                ),
                name="brand_domain_method_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="branddomain",
            constraint=models.CheckConstraint(
                condition=models.Q(("refused_at", None), ("verified_at", None), _connector="OR"),
                name="brand_domain_refused_not_verified",
            ),
        ),
        migrations.AddConstraint(
            model_name="listsource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_sequence", None), ("last_sequence__gte", 1), _connector="OR"
                ),
                name="list_source_sequence",
            ),
        ),
        migrations.AddIndex(
            model_name="listsnapshot",
            index=models.Index(fields=["source", "-fetched_at"], name="list_snapshot_newest"),
        ),
        migrations.AddConstraint(
            model_name="listrevocation",
            constraint=models.UniqueConstraint(
                fields=("source", "seller_key", "revoked_at"), name="list_revocation_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="listedgrant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("source", "seller_key", "entry_sha256"),
                name="listed_grant_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="listclaim",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("source", "seller_key"),
                name="list_claim_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="partydomain",
            constraint=models.UniqueConstraint(
                fields=("party", "domain"), name="party_domain_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="partydomain",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("lost_at", None), models.Q(("verified_at", None), _negated=True)
                ),
                fields=("domain",),
                name="party_domain_one_owner",
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
