"""A seller who shows a letter, and the people who read it."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from bandstand.catalogue.models import Brand, Variant
from bandstand.parties.models import Party, Person
from bandstand.parties.rules import Role
from bandstand.rights.rules import Condition, GrantScope
from bandstand.rights.rules.documents import (
    Channel,
    DocumentClaim,
    DocumentKind,
    DocumentMove,
    DocumentState,
    Reading,
)
from bandstand.rights.services import documents as services
from tests.factories import catalogue, files, parties

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
WHY = "The letterhead and the answer agree."


class Shop:
    """Northgate shows a letter of Aster's; Ada and Omar read; Nora uploaded it."""

    def __init__(self) -> None:
        parties.operator_profile(party=(lark := parties.party(slug="lark")))
        self.northgate: Party = parties.party(slug="northgate")
        self.nora = self._person("nora@northgate.example.org", self.northgate, Role.SELLER)
        self.ada = self._person("ada@lark.example.org", lark, Role.OPERATOR)
        self.omar = self._person("omar@lark.example.org", lark, Role.OPERATOR)
        self.phone: Variant = catalogue.variant()
        catalogue.market()
        self.aster: Brand = self.phone.model.brand

    def _person(self, email: str, party: Party, role: Role) -> Person:
        found = parties.person(email=email)
        return parties.membership(person=found, party=party, role=role).person

    def claim(self, **changes: object) -> DocumentClaim:
        scope = GrantScope(
            brands=frozenset({self.aster.id}),
            categories=frozenset({self.phone.model.category_id}),
            markets=frozenset({"US"}),
            conditions=frozenset({Condition.NEW}),
        )
        fields: dict[str, object] = {
            "kind": DocumentKind.LETTER,
            "scope": scope,
            "letter_date": date(2026, 10, 1),
            "from_at": datetime(2026, 10, 1, tzinfo=UTC),
            "until_at": datetime(2027, 10, 1, tzinfo=UTC),
            "issuer_brand_id": self.aster.id,
        }
        return DocumentClaim(**{**fields, **changes})  # type: ignore[arg-type]  # fields of many types

    def submit(self, *, content: bytes | None = None, **changes: Any) -> UUID:  # noqa: ANN401 -- parts of a claim
        return services.submit_document(
            seller_id=self.northgate.id,
            person_id=self.nora.id,
            content=content or files.pdf(),
            file_name="../Authorisation.pdf",
            claim=self.claim(**changes),
            now=NOW,
        )

    def ask(self, document_id: UUID, by: Person, value: str = "legal@aster.example") -> UUID:
        return services.record_contact(
            document_id=document_id,
            person_id=by.id,
            channel=Channel.EMAIL,
            value=value,
            source="https://aster.example/imprint",
            answer="Yes, we wrote it. A. Bell, legal department.",
            now=NOW,
        )

    def read(self, document_id: UUID, by: Person, contact_id: UUID | None) -> DocumentState:
        return services.review_document(
            document_id=document_id,
            person_id=by.id,
            reading=Reading(
                move=DocumentMove.ACCEPT, reason=WHY, contact_id=contact_id, is_independent=True
            ),
            now=NOW,
        )
