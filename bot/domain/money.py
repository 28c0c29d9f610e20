"""Money as whole micro-dollars: sums are exact in Python, SQLite and PostgreSQL alike."""

from typing import NewType

MicroUSD = NewType("MicroUSD", int)

ZERO = MicroUSD(0)


def micros(dollars: float) -> MicroUSD:
    """Dollars to micro-dollars, rounded half to even."""
    return MicroUSD(round(dollars * 1_000_000))


def dollars(amount: int) -> float:
    """Micro-dollars to dollars, for people and JSON."""
    return amount / 1_000_000
