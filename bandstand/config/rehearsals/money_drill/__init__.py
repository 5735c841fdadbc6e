"""
The money drill: plans live their whole lives on a bad provider, and workers are killed.

    lost         money the provider took that the books do not know
    doubled      a payment taken, posted or shared out twice
    unexplained  what the books say the provider holds, less what the provider says

All are zero, or the drill fails. Months pass in seconds; every instant is an argument anyway.
"""

from bandstand.config.rehearsals.money_drill.drill import run_money_drill
from bandstand.config.rehearsals.money_drill.judge import MoneyDrillReport

__all__ = ["MoneyDrillReport", "run_money_drill"]
