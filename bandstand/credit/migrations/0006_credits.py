from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credit", "0005_changes")]

    operations = [
        migrations.AlterField(
            model_name="planpayment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("instalment", "instalment"),
                    ("extra", "extra"),
                    ("payoff", "payoff"),
                    ("credit", "credit"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="planpayment",
            name="credit_key",
            field=models.CharField(blank=True, default="", max_length=160),
        ),
        migrations.AddField(
            model_name="planpayment",
            name="label",
            field=models.CharField(blank=True, default="", max_length=160),
        ),
        migrations.AddField(
            model_name="planpayment",
            name="from_account",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="planpayment",
            name="from_key",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="plan",
            name="credit_expected_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="plan",
            name="credits_kept_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="planpayment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("credit_key", ""), _negated=True),
                fields=("credit_key",),
                name="plan_credit_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="planpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("credit_key", ""), _negated=True),
                        models.Q(("from_account", ""), _negated=True),
                        ("kind", "credit"),
                        ("payment_id", None),
                        ("state", "paid"),
                    ),
                    models.Q(
                        models.Q(("kind", "credit"), _negated=True),
                        ("credit_key", ""),
                        ("from_account", ""),
                    ),
                    _connector="OR",
                ),
                name="plan_credit_is_no_payment",
            ),
        ),
    ]
