from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_commissions")]

    operations = [
        migrations.AddField("basketline", "down_payment_minor", models.BigIntegerField(null=True)),
    ]
