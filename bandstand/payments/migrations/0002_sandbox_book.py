"""The sandbox provider's book learns when each thing becomes final, and to deliver an event twice."""

import bandstand.plumbing.ids
from django.db import migrations, models

STATES = [
    (one, one)
    for one in ("created", "action_needed", "authorised", "captured", "declined", "voided")
]
KINDS = [(one, one) for one in ("authorise", "capture", "void", "refund")]
OPERATION_STATES = [(one, one) for one in ("pending", "succeeded", "failed")]


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [
        migrations.AddField(
            "sandboxintent", "return_url", models.CharField(blank=True, default="", max_length=500)
        ),
        migrations.AddField("sandboxintent", "settles_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "sandboxintent", "state", models.CharField(choices=STATES, max_length=16)
        ),
        migrations.DeleteModel("SandboxOperation"),
        migrations.CreateModel(
            name="SandboxOperation",
            fields=[
                (
                    "idempotency_key",
                    models.CharField(max_length=160, primary_key=True, serialize=False),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("request_hash", models.CharField(max_length=64)),
                ("amount_minor", models.BigIntegerField()),
                ("state", models.CharField(choices=OPERATION_STATES, max_length=12)),
                ("failure", models.CharField(blank=True, default="", max_length=60)),
                ("created_at", models.DateTimeField()),
                ("settles_at", models.DateTimeField()),
                (
                    "intent",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT,
                        related_name="operations",
                        to="payments.sandboxintent",
                    ),
                ),
            ],
        ),
        migrations.DeleteModel("SandboxEvent"),
        migrations.CreateModel(
            name="SandboxEvent",
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
                ("event_id", models.CharField(max_length=60)),
                ("body", models.TextField()),
                ("due_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("delivered_at", None)),
                        fields=["due_at"],
                        name="sandbox_event_due",
                    )
                ],
            },
        ),
    ]
