"""The fits that offers were listed with, append-only."""

import django.db.models.deletion
from django.db import migrations, models

import bandstand.plumbing.ids

GUARD = "select plumbing_make_append_only('offers_offerfit');"
UNDO = """
drop trigger append_only_rows on offers_offerfit;
drop trigger append_only_table on offers_offerfit;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0005_entered_by_hand"),
        ("offers", "0002_initial"),
        ("plumbing", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfferFit",
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
                ("as_of", models.DateField()),
                ("frozen_at", models.DateTimeField()),
                ("tier", models.CharField(max_length=16)),
                ("label", models.CharField(max_length=60)),
                ("sentence", models.TextField()),
                ("body", models.JSONField()),
                ("identity", models.JSONField()),
                ("inputs_hash", models.CharField(max_length=64)),
                ("radio_version", models.CharField(max_length=40)),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offer_fits",
                        to="catalogue.network",
                    ),
                ),
                (
                    "network_input",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.fitinput",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fits",
                        to="offers.offer",
                    ),
                ),
                (
                    "radio_input",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.fitinput",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("offer", "network", "frozen_at"), name="offer_fit_once_an_instant"
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
