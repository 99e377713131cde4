"""Checks of real parameters, such as a probability, a margin or a learning rate."""

import math


def real(
    function: str, name: str, value: float, least: float = -math.inf, most: float = math.inf
) -> float:
    """Return `value` as a float, or raise a ValueError unless it is finite and in the range."""
    try:
        fits = math.isfinite(value) and least <= value <= most
    except (TypeError, OverflowError):
        fits = False
    if not fits:
        allowed = "a finite number"
        if math.isfinite(least):
            allowed += f" of at least {least:g}"
        if math.isfinite(most):
            allowed = f"a number from {least:g} to {most:g}"
        raise ValueError(f"{function}: {name} is {value!r}; {allowed} is needed")
    return float(value)


def positive(function: str, name: str, value: float) -> float:
    """Return `value` as a float, or raise a ValueError unless it is finite and above 0."""
    number = real(function, name, value)
    if number <= 0:
        raise ValueError(f"{function}: {name} is {value!r}; a number above 0 is needed")
    return number


def fraction(function: str, name: str, value: float) -> float:
    """Return `value` as a float, or raise a ValueError unless it is from 0 to below 1."""
    number = real(function, name, value, 0, 1)
    if number == 1:
        raise ValueError(f"{function}: {name} is {value!r}; a number below 1 is needed")
    return number
