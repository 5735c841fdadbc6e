"""What sellers' accounts in the ledger stand at."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.parties.models import Party
from bandstand.payouts.rules import SellerBalance


@dataclass(frozen=True, slots=True)
class SellerMoneyRow:
    """A seller with what their accounts stand at."""

    seller_id: UUID
    seller: str
    slug: str
    balance: SellerBalance


def seller_key(seller_id: UUID) -> str:
    """Return the key of a seller's sub-ledgers."""
    return print_id(IdKind.PARTY, seller_id)


def balance_of(seller_id: UUID, *, currency: str) -> SellerBalance:
    """Return what a seller's accounts stand at now, each as a positive amount."""
    found = ledger.balances_of_key(key=seller_key(seller_id))
    nothing = Money.zero(currency)
    return SellerBalance(
        pending=-found.get((AccountCode.SELLER_PAYABLE, currency), nothing),
        available=-found.get((AccountCode.SELLER_AVAILABLE, currency), nothing),
        reserve=-found.get((AccountCode.SELLER_RESERVE, currency), nothing),
        owed_to_us=found.get((AccountCode.SELLER_RECEIVABLE, currency), nothing),
    )


def sellers_money(*, currency: str) -> tuple[SellerMoneyRow, ...]:
    """Return every seller who has money with us or owes us some, by name."""
    by_code = {code: _by_key(code, currency=currency) for code in _CODES}
    keys = sorted({key for rows in by_code.values() for key in rows})
    ids = {key: parse_id(IdKind.PARTY, key) for key in keys if key}
    names = {
        party.id: party
        for party in Party.objects.filter(pk__in=ids.values()).only("slug", "trading_name")
    }
    nothing = Money.zero(currency)
    rows = [
        SellerMoneyRow(
            seller_id=seller_id,
            seller=names[seller_id].trading_name,
            slug=names[seller_id].slug,
            balance=SellerBalance(
                pending=-by_code[AccountCode.SELLER_PAYABLE].get(key, nothing),
                available=-by_code[AccountCode.SELLER_AVAILABLE].get(key, nothing),
                reserve=-by_code[AccountCode.SELLER_RESERVE].get(key, nothing),
                owed_to_us=by_code[AccountCode.SELLER_RECEIVABLE].get(key, nothing),
            ),
        )
        for key, seller_id in ids.items()
        if seller_id in names
    ]
    return tuple(sorted(rows, key=lambda row: row.seller.casefold()))


_CODES = (
    AccountCode.SELLER_PAYABLE,
    AccountCode.SELLER_AVAILABLE,
    AccountCode.SELLER_RESERVE,
    AccountCode.SELLER_RECEIVABLE,
)


def _by_key(code: AccountCode, *, currency: str) -> Mapping[str, Money]:
    return {row.key: row.balance for row in ledger.balances(code=code, currency=currency)}
