"""Quotes, what became of them and what phones were bought for are written once."""

from django.db import migrations

SQL = """
select plumbing_make_append_only('tax_taxquote');
select plumbing_make_append_only('tax_taxquotemove');
select plumbing_make_append_only('tax_acquisition');
"""


class Migration(migrations.Migration):
    dependencies = [("tax", "0001_initial"), ("plumbing", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
