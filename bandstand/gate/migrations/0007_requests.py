from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("gate", "0006_decisions")]
    operations = []
