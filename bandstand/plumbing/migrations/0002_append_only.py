"""Rows that record what happened can be added and never changed: the database says so, not manners."""

from django.db import migrations

SQL = """
create function plumbing_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'P0460',
    hint = 'Add a row that corrects it.';
end $$;

create function plumbing_make_append_only(p_table regclass) returns void language plpgsql as $$
begin
  execute format('create trigger append_only_rows before update or delete on %s '
                 'for each row execute function plumbing_refuse_change()', p_table);
  execute format('create trigger append_only_table before truncate on %s '
                 'for each statement execute function plumbing_refuse_change()', p_table);
end $$;

select plumbing_make_append_only('plumbing_auditentry');
"""

UNDO = """
drop trigger append_only_rows on plumbing_auditentry;
drop trigger append_only_table on plumbing_auditentry;
drop function plumbing_make_append_only(regclass);
drop function plumbing_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("plumbing", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
