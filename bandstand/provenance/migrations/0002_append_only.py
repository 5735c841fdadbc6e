"""What was captured stands as it was sent: an error is declared beside an event, never written over it."""

from django.db import migrations

SQL = """
select plumbing_make_append_only('provenance_event');
select plumbing_make_append_only('provenance_eventterm');
select plumbing_make_append_only('provenance_sighting');

create function provenance_keep_capture() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'P0460';
  end if;
  if old.state = 'done' or (old.document, old.sha256, old.on_error, old.created_at, old.actor)
     is distinct from (new.document, new.sha256, new.on_error, new.created_at, new.actor)
     or old.sender_id is distinct from new.sender_id then
    raise exception 'a capture is append-only: only the progress of an open one moves'
      using errcode = 'P0460';
  end if;
  return new;
end $$;
create trigger append_only_rows before update or delete on provenance_capturejob
  for each row execute function provenance_keep_capture();
create trigger append_only_table before truncate on provenance_capturejob
  for each statement execute function plumbing_refuse_change();
"""

UNDO = """
drop trigger append_only_table on provenance_capturejob;
drop trigger append_only_rows on provenance_capturejob;
drop function provenance_keep_capture();
drop trigger append_only_rows on provenance_event;
drop trigger append_only_table on provenance_event;
drop trigger append_only_rows on provenance_eventterm;
drop trigger append_only_table on provenance_eventterm;
drop trigger append_only_rows on provenance_sighting;
drop trigger append_only_table on provenance_sighting;
"""


class Migration(migrations.Migration):
    dependencies = [("provenance", "0001_initial"), ("plumbing", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, UNDO)]
