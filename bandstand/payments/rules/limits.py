"""What may be asked of a payment: how much may be captured, refunded, and when it may be voided."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import NotFoundError, RefusedError
from bandstand.money import Money, format_money, sum_of
from bandstand.payments.rules.life import CommandState, PaymentState

BY_BANK: Final = "by_bank"
"""Why a refund was never sent: a dispute that was lost had given the buyer the money."""


class PaymentNotFoundError(NotFoundError):
    """No payment by that id."""

    code = "payment_not_found"


class PaymentDiffersError(RefusedError):
    """The purpose already has a payment, of another amount."""

    code = "payment_differs"


class CaptureRefusedError(RefusedError):
    """The payment cannot be captured like that."""

    code = "capture_refused"


class CaptureInFlightError(RefusedError):
    """A capture was sent and its outcome is not known; wait for it."""

    code = "capture_in_flight"


class VoidRefusedError(RefusedError):
    """The money was taken; it can only be refunded."""

    code = "void_refused"


class RefundRefusedError(RefusedError):
    """More money than was captured cannot go back."""

    code = "refund_refused"


class RefundDiffersError(RefusedError):
    """The key already stands for another refund."""

    code = "refund_differs"


def require_same_payment(*, asked: Money, recorded: Money, purpose: str) -> None:
    """
    Refuse to change the amount of a payment by asking again.

    Raises: PaymentDiffersError.
    """
    if asked != recorded:
        raise PaymentDiffersError(
            f"{purpose} is already being paid as {recorded}, not {asked}; begin it anew under"
            " another purpose.",
            purpose=purpose,
        )


def may_try_again(state: PaymentState) -> bool:
    """Say whether another card may be tried for the same purpose."""
    return state is PaymentState.DECLINED


def capture_total(parts: Iterable[Money], *, state: PaymentState, authorised: Money) -> Money:
    """
    Return the sum of the lines to capture, if the payment allows it.

    Raises: CaptureRefusedError.
    """
    total = sum_of(parts, currency=authorised.currency)
    if state is not PaymentState.AUTHORISED:
        raise CaptureRefusedError(f"A payment that is {state} cannot be captured.", state=state)
    if not total.is_positive:
        raise CaptureRefusedError("A capture takes more than nothing.")
    if total > authorised:
        raise CaptureRefusedError(
            f"{format_money(total)} is more than the {format_money(authorised)} authorised.",
            asked_minor=total.minor,
            authorised_minor=authorised.minor,
        )
    return total


def require_same_capture(*, asked: Mapping[UUID, int], recorded: Mapping[UUID, int]) -> None:
    """
    Refuse a second capture of other lines or amounts.

    Raises: CaptureRefusedError.
    """
    if dict(asked) != dict(recorded):
        raise CaptureRefusedError(
            "This payment is already being captured for other lines; it can be captured once."
        )


def needs_void(state: PaymentState) -> bool:
    """
    Say whether there is anything to void.

    Raises: VoidRefusedError once the money was taken.
    """
    if state is PaymentState.CAPTURED:
        raise VoidRefusedError("The money was taken; give it back with a refund.", state=state)
    return state not in {PaymentState.DECLINED, PaymentState.VOIDED}


def may_withdraw(command: CommandState) -> bool:
    """
    Say whether a capture that was claimed may still be withdrawn before a void.

    Raises: CaptureInFlightError if it was sent: only the provider knows its outcome.
    """
    if command in {CommandState.SENT, CommandState.UNKNOWN}:
        raise CaptureInFlightError(
            "A capture of this payment was sent and its outcome is not known yet; wait for it, then"
            " refund."
        )
    return command is CommandState.WRITTEN


def require_refundable(
    amount: Money, *, captured: Money, promised: Money, line_captured: Money | None = None
) -> None:
    """
    Refuse a refund of nothing, or of more than was captured and not yet promised back.

    ``line_captured`` is what of the line's capture is not yet promised back, where it is known.
    Raises: RefundRefusedError.
    """
    left = captured - promised
    if line_captured is not None:
        left = min(left, line_captured)
    if not amount.is_positive:
        raise RefundRefusedError(f"A refund gives back more than nothing, not {amount}.")
    if amount > left:
        raise RefundRefusedError(
            f"{format_money(amount)} is more than the {format_money(left)} that can still go back.",
            asked_minor=amount.minor,
            left_minor=left.minor,
        )


def require_asked_again(*, state: CommandState, failure: str, has_successor: bool) -> None:
    """
    Refuse to ask again for a refund that did not fail, or was asked for again already.

    Raises: RefundRefusedError.
    """
    if state is not CommandState.FAILED:
        raise RefundRefusedError(f"A refund that {state} is not asked for again.", state=state)
    if failure == BY_BANK:
        raise RefundRefusedError("The buyer has this money: their bank gave it back.")
    if has_successor:
        raise RefundRefusedError("This refund was asked for again already; look at the newer one.")


def again_key(key: str, *, attempt: int) -> str:
    """Return the key of a refund's next attempt: business identity and number, never a click."""
    return f"{key}:{attempt}"


def require_same_refund(*, asked: Money, recorded: Money, key: str) -> None:
    """
    Refuse a refund key that stands for another amount.

    Raises: RefundDiffersError.
    """
    if asked != recorded:
        raise RefundDiffersError(
            f"The refund “{key}” was already asked for as {recorded}, not {asked}.", key=key
        )
