"""Products added up in the order and with the rounding of the kernels, down to the last bit."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuiconv.lessons.network.sums import WeightedSum


@dataclass(frozen=True)
class Added:
    """A sum as it was added up."""

    begin: float
    """What it begins with: the bias or, where that comes last, 0."""
    sums: tuple[float, ...]
    """So far, after each part."""
    total: float
    how: str
    """In words."""


def add_up(whole: WeightedSum) -> Added:
    """Add the products up so that the total is the stored number.

    Kernels take product after product in the order of reading and round to float32 each time; they
    begin with the bias or, if every unit has one of its own, add it at the end. Most processors
    round only the sum, others the product too. If none of that gives the stored number, as in
    kernels that split a sum into several, it is added up in float64.
    """
    dtype = (whole.parts[0].values if whole.parts else np.zeros(1, np.float32)).dtype.type
    for rounds_products in (False, True):
        for bias_first in (True, False) if whole.bias else (True,):
            found = in_order(whole, dtype, rounds_products, bias_first)
            if found.total == whole.stored:
                return found
    bias = whole.bias or 0.0
    sums, so_far = [], bias
    for part in whole.parts:
        so_far = math.fsum([so_far, *part.products.ravel().tolist()])
        sums.append(so_far)
    return Added(
        bias, tuple(sums), so_far, "in float64; the kernel splits the sum and rounds in between"
    )


def in_order(
    whole: WeightedSum, dtype: type[np.floating[Any]], rounds_products: bool, bias_first: bool
) -> Added:
    """The sum in the order of reading, rounded after every addition."""
    bias = whole.bias or 0.0
    begin = so_far = bias if bias_first else 0.0
    before, count = 0.0, 0
    sums = []
    with np.errstate(all="ignore"):
        for part in whole.parts:
            products = part.products.ravel()
            if rounds_products:
                products = products.astype(dtype)
            for product in products.tolist():
                if count == whole.stretch:
                    before, so_far, count = before + so_far, 0.0, 0
                so_far = float(dtype(so_far + product))
                count += 1
            sums.append(before + so_far)
        total = float(dtype(before + so_far + (0.0 if bias_first else bias)))
    rounded = "products and sums" if rounds_products else "sums"
    how = f"in the kernel's order, {rounded} rounded to {np.dtype(dtype).name} each time"
    if before:
        how += f"; sums of {whole.stretch} products each are added up in float64"
    return Added(begin, tuple(sums), total, how)
