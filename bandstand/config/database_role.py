"""
The role that the shop's processes take on: it may write rows and may not rewrite history.

Triggers refuse edits of append-only tables whoever asks; the role lacks the right even to try, so
one guard stands when the other is switched off. Migrations run as the database's owner, who grants
the role anew each time because new tables come with them.
"""

from typing import Final

import structlog
from django.db import DatabaseError, connection, transaction

logger = structlog.get_logger(__name__)

APP_ROLE: Final = "bandstand_app"

MAKE_ROLE = """
do $$ begin
  if not exists (select from pg_roles where rolname = 'bandstand_app') then
    create role bandstand_app nologin;
  end if;
  if not pg_has_role(current_user, 'bandstand_app', 'member') then
    execute format('grant bandstand_app to %I', current_user);
  end if;
exception when duplicate_object or unique_violation then null;  -- another database made it just now
end $$
"""
GRANT = """
do $$
declare v_table regclass;
begin
  execute format('grant usage on schema %I to bandstand_app', current_schema());
  execute format('grant select, insert, update, delete on all tables in schema %I to bandstand_app',
                 current_schema());
  execute format('grant usage, select on all sequences in schema %I to bandstand_app',
                 current_schema());
  for v_table in
    select tgrelid::regclass from pg_trigger where tgname = 'append_only_rows' and not tgisinternal
  loop
    execute format('revoke update, delete, truncate on %s from bandstand_app', v_table);
  end loop;
  -- Balances are written by the ledger's own functions, which run as the owner.
  revoke insert, update, delete, truncate on ledger_balance from bandstand_app;
end $$
"""


def grant_app_role() -> bool:
    """
    Grant the shop's role what it needs and no more; say whether the database let us.

    A database whose user may not make roles runs without: the triggers stand alone, and
    ``bandstand ledger verify`` says so.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(MAKE_ROLE)
            cursor.execute(GRANT)
    except DatabaseError as error:
        logger.warning("database.role_missing", role=APP_ROLE, error=str(error).strip())
        return False
    return True
