"""
A run as a file for the bank: ISO 20022 pain.001.001.09 for IBANs, CSV for everything else.

Text is kept to the characters every SEPA bank must take; what cannot be written so is written
plainly. A file is checked against its own rules before anybody may carry it to a bank.
Source: ISO 20022 CustomerCreditTransferInitiationV09 (pain.001.001.09); EPC132-08, SEPA Credit
Transfer C2PSP implementation guidelines: character set, BIC not required, charge bearer SLEV
(known 2026-11-22, not re-read). Your bank may ask for more; try one payment first.
"""

import csv
import io
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bandstand.kernel.errors import BadInputError
from bandstand.money import Money, sum_of
from bandstand.payouts.rules import AccountDetails, AccountKind, FileForm

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
ID_MAX: Final = 35
NAME_MAX: Final = 70
WORDS_MAX: Final = 140
UNWRITABLE: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
CSV_HEADS: Final = (
    "payment", "holder", "kind", "account", "routing", "amount", "currency", "reference",
)  # fmt: skip


class BankFormError(BadInputError):
    """A run that cannot be written in this form; the message says how to mend it."""

    code = "bank_form"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One payment of a file; the id comes back on the bank's answer."""

    id: str
    to: AccountDetails
    amount: Money
    words: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """What goes to the bank: who pays, from which account, on which day, whom."""

    id: str
    made_at: datetime
    pays_on: date
    debtor: str
    debtor_account: AccountDetails | None
    lines: tuple[FileLine, ...]

    @property
    def total(self) -> Money:
        """Return what the file pays altogether."""
        return sum_of((one.amount for one in self.lines), currency=self.lines[0].amount.currency)


def write_file(file: BankFile, *, form: FileForm) -> str:
    """
    Return the text of a file.

    Raises: BankFormError.
    """
    if not file.lines:
        raise BankFormError("The run pays nobody; there is no file to write.")
    return pain_001(file) if form is FileForm.PAIN_001 else csv_file(file)


def csv_file(file: BankFile) -> str:
    """Return the payments as CSV, for a bank that takes a sheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(CSV_HEADS)
    for line in file.lines:
        # A spreadsheet must not run a name.
        holder = _plain(line.to.holder, NAME_MAX).lstrip("+-'")
        to = (holder, line.to.kind.value, line.to.number, line.to.routing)
        writer.writerow((line.id, *to, line.amount.major, line.amount.currency, line.words))
    return out.getvalue()


def pain_001(file: BankFile) -> str:
    """
    Return the payments as pain.001.001.09: one payment group, one transfer for each seller.

    Raises: BankFormError if an account is no IBAN, or the payer's own is missing.
    """
    _require_ibans(file)
    ET.register_namespace("", NAMESPACE)
    document = ET.Element(_name("Document"))
    root = ET.SubElement(document, _name("CstmrCdtTrfInitn"))
    head = ET.SubElement(root, _name("GrpHdr"))
    _text(head, "MsgId", text=file.id[:ID_MAX])
    _text(head, "CreDtTm", text=file.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _text(head, "NbOfTxs", text=str(len(file.lines)))
    _text(head, "CtrlSum", text=str(file.total.major))
    _text(head, "InitgPty/Nm", text=_plain(file.debtor, NAME_MAX))
    _payments(ET.SubElement(root, _name("PmtInf")), file)
    ET.indent(document)
    text = ET.tostring(document, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _payments(group: ET.Element, file: BankFile) -> None:
    payer = file.debtor_account
    assert payer is not None  # noqa: S101 -- required before anything was written
    _text(group, "PmtInfId", text=file.id[:ID_MAX])
    _text(group, "PmtMtd", text="TRF")
    _text(group, "BtchBookg", text="true")
    _text(group, "NbOfTxs", text=str(len(file.lines)))
    _text(group, "CtrlSum", text=str(file.total.major))
    if file.total.currency == "EUR":
        _text(group, "PmtTpInf/SvcLvl/Cd", text="SEPA")
    _text(group, "ReqdExctnDt/Dt", text=file.pays_on.isoformat())
    _text(group, "Dbtr/Nm", text=_plain(file.debtor, NAME_MAX))
    _text(group, "DbtrAcct/Id/IBAN", text=payer.number)
    # A bank is known by its IBAN; the element is mandatory all the same.
    _text(group, "DbtrAgt/FinInstnId/Othr/Id", text="NOTPROVIDED")
    _text(group, "ChrgBr", text="SLEV")
    for line in file.lines:
        _transfer(ET.SubElement(group, _name("CdtTrfTxInf")), line)


def _transfer(one: ET.Element, line: FileLine) -> None:
    ids = ET.SubElement(one, _name("PmtId"))
    _text(ids, "InstrId", text=line.id[:ID_MAX])
    _text(ids, "EndToEndId", text=line.id[:ID_MAX])
    amount = _text(one, "Amt/InstdAmt", text=str(line.amount.major))
    amount.set("Ccy", line.amount.currency)
    _text(one, "Cdtr/Nm", text=_plain(line.to.holder, NAME_MAX))
    _text(one, "CdtrAcct/Id/IBAN", text=line.to.number)
    _text(one, "RmtInf/Ustrd", text=_plain(line.words, WORDS_MAX))


def _require_ibans(file: BankFile) -> None:
    payer = file.debtor_account
    if payer is None or payer.kind is not AccountKind.IBAN or not file.debtor.strip():
        raise BankFormError(
            "A pain.001 file needs the name and IBAN that you pay from. Set them under Payouts,"
            " “How sellers are paid”, or choose CSV."
        )
    others = [line.to.masked for line in file.lines if line.to.kind is not AccountKind.IBAN]
    if others:
        raise BankFormError(
            f"A pain.001 file pays to IBANs; {', '.join(others[:3])} is none. Choose CSV."
        )


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _text(parent: ET.Element, path: str, *, text: str) -> ET.Element:
    at = parent
    for tag in path.split("/"):
        at = ET.SubElement(at, _name(tag))
    at.text = text
    return at


def _plain(text: str, most: int) -> str:
    """Return text in the characters that every bank takes."""
    bare = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("&", "+"))
    kept = "".join(one for one in bare if not unicodedata.combining(one))
    return " ".join(UNWRITABLE.sub(" ", kept).split())[:most] or "-"


def faults_of(text: str, *, lines: Sequence[FileLine]) -> tuple[str, ...]:
    """Return what a pain.001 file says otherwise than the payments it was written for."""
    root = ET.fromstring(text)  # noqa: S314 -- our own text, never a stranger's
    space = {"p": NAMESPACE}
    found = root.findall(".//p:CdtTrfTxInf", space)
    faults = []
    if len(found) != len(lines):
        faults.append(f"{len(found)} transfers are written, {len(lines)} were wanted")
    for one, line in zip(found, lines, strict=False):
        said = (
            one.findtext("p:PmtId/p:EndToEndId", namespaces=space),
            one.findtext("p:CdtrAcct/p:Id/p:IBAN", namespaces=space),
            one.findtext("p:Amt/p:InstdAmt", namespaces=space),
        )
        if said != (line.id[:ID_MAX], line.to.number, str(line.amount.major)):
            faults.append(f"transfer {line.id} is written otherwise")
    for tag, wanted in (("NbOfTxs", str(len(lines))), ("CtrlSum", _sum_text(lines))):
        values = {one.text for one in root.iter(_name(tag))}
        if values != {wanted}:
            faults.append(f"{tag} is {', '.join(sorted(map(str, values)))}, not {wanted}")
    return tuple(faults)


def _sum_text(lines: Sequence[FileLine]) -> str:
    total = sum_of((line.amount for line in lines), currency=lines[0].amount.currency)
    return str(total.major)
