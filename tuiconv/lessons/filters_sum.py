"""One pixel of a filtered picture as the sum that it is, for the screen."""

from typing import Final

import numpy as np

from tuiconv.lessons.filter_terms import Channel, Terms, WeightedSum
from tuiconv.lessons.filter_terms_text import (
    SHORT,
    decimals_of,
    end,
    heading,
    notes,
    number_column,
    origin,
    products,
    title,
)
from tuiconv.lessons.scene import Columns, Numbers, Scene, Table, Text

GRID: Final = 5
"""Rows and columns of a kernel, up to which it is laid out as it lies on the picture."""
HEADS: Final = {"weight": "× weight", "product": "= product"}


def sum_scene(terms: Terms, size: tuple[int, int]) -> Scene:
    """How one pixel comes about, product by product.

    Args:
        terms: all there is to tell of it.
        size: (height, width) of the kernel.
    """
    sums = [(channel, each) for channel in terms.channels for each in channel.sums]
    grids = [grids_of(*one, terms, size) for one in sums if max(size) <= GRID]
    ends = tuple(end(each, terms) for each in terms.channels)
    told = tuple(notes(terms))
    return Scene(
        title(terms),
        (
            Text("from the sums to what is stored", ends),
            *grids,
            *([Text("to read the numbers", told)] if told else []),
            Columns(tuple((terms_table(*one, terms),) for one in sums)),
        ),
        path=(" | ".join((*terms.filters_before, terms.filter)), f"pixel {terms.x},{terms.y}"),
        help=(
            "Every number under the kernel is multiplied by the weight that lies on it, and the"
            " products are added up: once as they lie on the picture, once line by line with the"
            " sum so far.",
            "The sum is rounded to a whole number; less than 0 becomes 0, and what is too large"
            " for a pixel the largest that it holds. All this is worked out anew here: the"
            " difference to what is stored in the filtered picture is 0.",
            "The arrow keys go to the pixels beside this one.",
        ),
        code=("filter2d",),
    )


def grids_of(channel: Channel, each: WeightedSum, terms: Terms, size: tuple[int, int]) -> Columns:
    """What lies under a kernel, the kernel, and the products, as they lie on the picture."""
    values, weights, made = (
        np.array([getattr(term, name) for term in each.terms]).reshape(size)
        for name in ("value", "weight", "product")
    )
    is_picture = not terms.filters_before
    label = f", kernel {each.label}" if each.label else ""
    times = f", times {each.divisor}" if each.divisor != 1 else ""
    under = Numbers(
        f"{channel.name}{label}",
        values,
        "pixels" if is_picture else "activations",
        (0.0, float(terms.scale.most)) if is_picture else None,
        (size[0] // 2, size[1] // 2),
        decimals(values),
        (each.terms[0].row, each.terms[0].column),
    )
    return Columns(
        (
            (under,),
            (Numbers(f"× weights{times}", weights, "weights", decimals=decimals(weights)),),
            (Numbers("= products", made, decimals=decimals(made)),),
        )
    )


def decimals(values: "np.typing.NDArray[np.float64]") -> int:
    """How many a grid of numbers needs, as far as they are shown."""
    return max(decimals_of(value, SHORT) for value in values.flat)


def terms_table(channel: Channel, each: WeightedSum, terms: Terms) -> Table:
    """The products of one sum, a row each."""
    places = {
        "row": number_column(term.row for term in each.terms),
        "column": number_column(term.column for term in each.terms),
    }
    if not all(term.is_inside for term in each.terms):
        places["taken from"] = [origin(term) for term in each.terms]
    columns = places | products(each, terms.scale.most)
    return Table(
        heading(channel, each),
        tuple(HEADS.get(name, name) for name in columns),
        tuple(zip(*columns.values(), strict=True)),
    )
