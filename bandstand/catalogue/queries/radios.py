"""Variants grouped by what sources say of their radios, so that a verdict is found once a group."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection

from bandstand.catalogue.queries.variants import capabilities
from bandstand.catalogue.rules import CELLULAR
from bandstand.radio import Capability

# Everything that a capability reads of claims, in the order of nothing but what the claims say.
SIGNED: Final = """
select v.id, b.name, m.name, v.code, v.region, m.released_on,
       sha256(convert_to(concat_ws('|', v.source, of_bands.said, of_answers.said), 'UTF8'))
  from catalogue_variant v
  join catalogue_devicemodel m on m.id = v.model_id
  join catalogue_brand b on b.id = m.brand_id
  join catalogue_category c on c.id = m.category_id
  left join (select variant_id,
                    string_agg(concat_ws('~', rat, bands::text, source, certainty, state, read_on),
                               '#' order by rat, source, bands, read_on) as said
               from catalogue_bandclaim where state <> 'superseded'
              group by variant_id) of_bands on of_bands.variant_id = v.id
  left join (select variant_id,
                    string_agg(concat_ws('~', trait, answer, source, certainty, state),
                               '#' order by trait, source, answer) as said
               from catalogue_answerclaim where state <> 'superseded'
              group by variant_id) of_answers on of_answers.variant_id = v.id
 where (%(all)s and c.slug = any(%(cellular)s)) or v.id = any(%(wanted)s::uuid[])
"""


class Member(NamedTuple):
    """One variant of a group: its name and release, which the radio does not tell."""

    id: UUID
    brand: str
    name: str
    code: str
    region: str
    released_on: date | None

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What rules may name it by, and what its verdict's hash covers beside the radio."""
        return (self.brand, self.name, self.code, self.region)


@dataclass(frozen=True, slots=True)
class EqualRadios:
    """Variants of which the same sources say the same; the capability is that of one of them."""

    capability: Capability
    members: tuple[Member, ...]


def equal_radios(variant_ids: Iterable[UUID] | None = None) -> list[EqualRadios]:
    """Return variants, or all that networks serve, grouped by equal radios; in four queries."""
    wanted = None if variant_ids is None else list(variant_ids)
    groups: dict[bytes, list[Member]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            SIGNED, {"all": wanted is None, "cellular": list(CELLULAR), "wanted": wanted or []}
        )
        for *facts, signature in cursor.fetchall():
            groups.setdefault(bytes(signature), []).append(Member(*facts))
    known = capabilities(members[0].id for members in groups.values())
    return [
        EqualRadios(capability=known[members[0].id], members=tuple(members))
        for members in groups.values()
    ]
