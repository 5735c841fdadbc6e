"""The fields that a law asks of a seller: what each is called, and how it is stated and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class IdentityName(StrEnum):
    """One thing that a law asks of a seller."""

    LEGAL_NAME = "legal_name"
    ADDRESS = "address"
    ADDRESS_USE = "address_use"
    EMAIL = "email"
    PHONE = "phone"
    ID_DOCUMENT = "id_document"
    TAX_ID = "tax_id"
    BANK_ACCOUNT = "bank_account"
    REGISTER = "register"
    SUPPLIER = "supplier"
    SELF_CERTIFICATION = "self_certification"
    CERTIFICATION = "certification"


class CheckMethod(StrEnum):
    """How a field was checked."""

    OFFICIAL_DATABASE = "official_database"
    DOCUMENT_SEEN = "document_seen"
    CALLED_BACK = "called_back"
    LETTER_ANSWERED = "letter_answered"
    TEST_PAYMENT = "test_payment"
    STATED_ONLY = "stated_only"
    """The seller's own declaration, which is itself what the law asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """What a field is called, what to write in it, and how it is kept."""

    name: IdentityName
    label: str
    hint: str
    is_sealed: bool = False
    is_file: bool = False
    is_public: bool = False
    methods: tuple[CheckMethod, ...] = (CheckMethod.DOCUMENT_SEEN,)
    choices: tuple[tuple[str, str], ...] = ()
    """The only words that it takes, each with its meaning; empty for free text."""


SPECS: Final[Mapping[IdentityName, FieldSpec]] = MappingProxyType(
    {
        one.name: one
        for one in (
            FieldSpec(
                name=IdentityName.LEGAL_NAME,
                label="Full legal name",
                hint="As in the register or on the identity document.",
                is_public=True,
                methods=(CheckMethod.OFFICIAL_DATABASE, CheckMethod.DOCUMENT_SEEN),
            ),
            FieldSpec(
                name=IdentityName.ADDRESS,
                label="Physical address",
                hint="Street, town, postal code, country. A post-office box is not one.",
                is_public=True,
                methods=(
                    CheckMethod.OFFICIAL_DATABASE,
                    CheckMethod.DOCUMENT_SEEN,
                    CheckMethod.LETTER_ANSWERED,
                ),
            ),
            FieldSpec(
                name=IdentityName.ADDRESS_USE,
                label="What the address is",
                hint="A home is not shown to shoppers in full where the law excepts it.",
                methods=(CheckMethod.STATED_ONLY, CheckMethod.DOCUMENT_SEEN),
                choices=(
                    ("business", "A business address"),
                    ("residential", "A home, or a home and business in one"),
                ),
            ),
            FieldSpec(
                name=IdentityName.EMAIL,
                label="Working e-mail address",
                hint="One that you read every day.",
                is_public=True,
                methods=(CheckMethod.LETTER_ANSWERED,),
            ),
            FieldSpec(
                name=IdentityName.PHONE,
                label="Working phone number",
                hint="With its country code, as in +1 212 555 0100.",
                is_public=True,
                methods=(CheckMethod.CALLED_BACK,),
            ),
            FieldSpec(
                name=IdentityName.ID_DOCUMENT,
                label="Copy of an identity document or government record",
                hint=(
                    "An identity document of whoever acts for you, or a government record or tax "
                    "document with your name and address. PDF, PNG or JPEG, at most 10 MB."
                ),
                is_file=True,
                methods=(CheckMethod.DOCUMENT_SEEN,),
            ),
            FieldSpec(
                name=IdentityName.TAX_ID,
                label="Tax identification number",
                hint="With its country first, as in US 12-3456789 or DE 123456789.",
                is_sealed=True,
                methods=(CheckMethod.OFFICIAL_DATABASE, CheckMethod.DOCUMENT_SEEN),
            ),
            FieldSpec(
                name=IdentityName.BANK_ACCOUNT,
                label="Bank account",
                hint=(
                    "An IBAN, or a US routing number and an account number; then a comma and the "
                    "holder's name."
                ),
                is_sealed=True,
                methods=(CheckMethod.TEST_PAYMENT, CheckMethod.DOCUMENT_SEEN),
            ),
            FieldSpec(
                name=IdentityName.REGISTER,
                label="Trade register and number",
                hint="As in “Handelsregister Berlin, HRB 12345”; “none” if you are in none.",
                is_public=True,
                methods=(CheckMethod.OFFICIAL_DATABASE, CheckMethod.DOCUMENT_SEEN),
            ),
            FieldSpec(
                name=IdentityName.SUPPLIER,
                label="Who supplies the goods to the buyer",
                hint="“self”, or the name and address of whoever ships for you.",
                is_public=True,
                methods=(CheckMethod.STATED_ONLY, CheckMethod.DOCUMENT_SEEN),
            ),
            FieldSpec(
                name=IdentityName.SELF_CERTIFICATION,
                label="Self-certification",
                hint="What you offer complies with the law of the Union.",
                is_public=True,
                methods=(CheckMethod.STATED_ONLY,),
                choices=(
                    (
                        "committed",
                        "We commit to offer only what complies with the Union's applicable law.",
                    ),
                ),
            ),
            FieldSpec(
                name=IdentityName.CERTIFICATION,
                label="Yearly certification",
                hint="Change above what has changed, then say here that everything is current.",
                methods=(CheckMethod.STATED_ONLY,),
                choices=(
                    ("unchanged", "We certify that what we told you has not changed."),
                    ("changed", "We certify that we have told you of every change."),
                ),
            ),
        )
    }
)
