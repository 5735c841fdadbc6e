"""What can be done with promotions and their credits."""

from bandstand.promotions.services.ending import (
    NothingOwedToBuyerError,
    pay_out_owed,
    undo_credits,
)
from bandstand.promotions.services.giving import give_all, give_due
from bandstand.promotions.services.hear import hear_payment_made, hear_settled
from bandstand.promotions.services.making import (
    PromotionTerms,
    answer_promotion,
    end_promotion,
    make_promotion,
    start_promotion,
)
from bandstand.promotions.services.promising import free_places, keep_place, promise
from bandstand.promotions.services.proving import ProvedCredits, alarm_missed, prove_credits

__all__ = [
    "NothingOwedToBuyerError",
    "PromotionTerms",
    "ProvedCredits",
    "alarm_missed",
    "answer_promotion",
    "end_promotion",
    "free_places",
    "give_all",
    "give_due",
    "hear_payment_made",
    "hear_settled",
    "keep_place",
    "make_promotion",
    "pay_out_owed",
    "promise",
    "prove_credits",
    "start_promotion",
    "undo_credits",
]
