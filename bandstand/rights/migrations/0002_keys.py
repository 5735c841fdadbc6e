from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]
    operations = []
