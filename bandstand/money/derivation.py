"""The printed derivation of an annual percentage rate: every number that led to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bandstand.money.equation import Run, decimal_of, exact_value
from bandstand.money.solver import Root

_US: Final = "US_REGZ_ACTUARIAL"
_LAWS: Final = {
    _US: "United States, actuarial method (12 CFR 1026, Appendix J)",
    "EU_APRC": "European Union, APRC (Directive (EU) 2023/2225, Annex III)",
    "UK_APRC": "United Kingdom, APR (FCA Handbook, CONC App 1.2)",
}


@dataclass(frozen=True, slots=True)
class Derivation:
    """
    What a rate was computed from: unit-period, flows, equation, iterations, result.

    Units: amounts as given to the solver; ``rate`` in per cent a year.
    """

    law: str
    unit: str
    per_year: Fraction
    flows: tuple[tuple[Run, ...], tuple[Run, ...]]
    root: Root
    rate: Decimal
    minor_per_major: int = 1

    def lines(self) -> tuple[str, ...]:
        """Return the derivation as lines of text that a person can check with a calculator."""
        return (
            f"Law: {_LAWS[self.law]}",
            *self._unit_lines(),
            *self._flow_lines(),
            *self._iteration_lines(),
            *self._result_lines(),
        )

    def _unit_lines(self) -> Iterator[str]:
        if self.law == _US:
            yield f"Unit-period: {self.unit}; w = {self.per_year} unit-periods a year"
            yield "Equation: Σ A / ((1 + e·i)(1 + i)^q) = Σ P / ((1 + f·i)(1 + i)^t)"
        else:
            yield "Time: years from the first drawdown"
            yield "Equation: Σ C (1 + X)^−t = Σ D (1 + X)^−s"

    def _flow_lines(self) -> Iterator[str]:
        letters = (("Advance", "q", "e"), ("Payment", "t", "f"))
        for (noun, whole, part), runs in zip(letters, self.flows, strict=True):
            for run in runs:
                yield f"{noun}: {self._describe(run, whole=whole, part=part)}"

    def _describe(self, run: Run, *, whole: str, part: str) -> str:
        moment = f"{whole} = {run.whole}"
        if self.law == _US:
            moment += f", {part} = {run.part}"
        amount = self._amount(Fraction(run.amount))
        if run.count == 1:
            return f"{amount} at {moment}"
        last = run.whole + run.step * (run.count - 1)
        return f"{run.count} × {amount} from {moment}, then every {run.step} to {whole} = {last}"

    def _iteration_lines(self) -> Iterator[str]:
        for at, guess in enumerate(self.root.iterations, start=1):
            residual = guess.residual / self.minor_per_major
            yield f"Iteration {at}: rate {guess.rate * 100:.12f} %, difference {residual:.3e}"

    def _result_lines(self) -> Iterator[str]:
        advanced, paid = (exact_value(runs, rate=self.root.rate) for runs in self.flows)
        scale = self.minor_per_major
        yield f"Advances are worth {advanced / scale:.6f}, payments {paid / scale:.6f}"
        if self.law == _US:
            yield f"Rate per unit-period i = {self.root.rate * 100:.12f} %"
            yield f"APR = 100 · w · i = {self.rate:.12f} %"
        else:
            yield f"APR = 100 · X = {self.rate:.12f} %"

    def _amount(self, amount: Fraction) -> str:
        return f"{decimal_of(amount / self.minor_per_major):,.2f}"
