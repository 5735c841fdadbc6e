"""News of custody: decisions about the units concerned become stale."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from bandstand.gate.guard import guarded
from bandstand.provenance.events import CustodyChanged
from bandstand.provenance.rules.ids import unit_ids_of

# Units stand above this room; the guard reads the same table by name.
TOUCH_SQL: Final = """
select gate_touch(array(
  select distinct 'variant:' || o.variant_id
    from offers_unit u join offers_offer o on o.id = u.offer_id
   where u.imei = any(%(imeis)s)
   union
  select distinct 'variant:' || o.variant_id
    from offers_unit u join offers_offer o on o.id = u.offer_id
    join rights_variantgtin g on g.variant_id = o.variant_id
    join unnest(%(gtins)s::text[], %(serials)s::text[]) as named(gtin, serial)
      on named.gtin = g.gtin and named.serial = u.serial))"""


@transaction.atomic
def hear_custody_changed(event: CustodyChanged, now: datetime) -> None:  # noqa: ARG001 -- a handler's shape
    """
    Make every decision about the variants of the named units stale.

    Lock: the variants' anchors, exclusively, until the transaction ends.
    """
    found = [ids for ids in map(unit_ids_of, event.identifiers) if ids is not None]
    serials = [ids for ids in found if ids.gtin and ids.serial]
    words = {
        "imeis": [imei for ids in found for imei in ids.imeis],
        "gtins": [ids.gtin for ids in serials],
        "serials": [ids.serial for ids in serials],
    }
    with guarded(), connection.cursor() as cursor:
        cursor.execute(TOUCH_SQL, words)
