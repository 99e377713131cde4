"""What one can change of a row of filters: its last filter, the numbers of that, edge and range."""

from dataclasses import replace
from typing import Final, TypeVar

import numpy as np

from tuiconv.errors import unknown
from tuiconv.images.filters.families import Family, Parameter
from tuiconv.images.filters.family_kernels import FAMILIES
from tuiconv.images.filters.filter import NamedFilter
from tuiconv.images.filters.number_text import number_text
from tuiconv.images.filters.own_kernel import OwnKernel, own_kernel
from tuiconv.images.filters.recipes import parse_filters, read_kernel
from tuiconv.lessons.filters_view import EDGES, STORED, FiltersView
from tuiconv.lessons.ways import after

BETWEEN: Final = " | "
"""Stands between filters."""
KERNEL: Final = ("weight", "divide", "add", "size")
"""The settings of a kernel that is edited."""
ALWAYS: Final = ("edge", "stored")
"""The settings of any filter."""
PARAMETERS: Final = tuple(each.name for kind in FAMILIES.values() for each in kind.parameters)
"""The settings of families of filters."""
KNOWN: Final = tuple(dict.fromkeys((*KERNEL, *ALWAYS, *PARAMETERS)))
"""All settings that there are."""
TURN: Final = 15.0
"""Degrees that an angle changes by."""
ADDED: Final = 16.0
"""What is added to the sums changes by."""

T = TypeVar("T", bound=str)


def last(view: FiltersView) -> str:
    """The last filter as it is written."""
    return view.filter.rpartition("|")[2].strip()


def with_last(view: FiltersView, text: str) -> FiltersView:
    """With another filter at the end of the row."""
    before, bar, _ = view.filter.rpartition("|")
    return replace(view, filter=f"{before.rstrip()}{BETWEEN}{text}" if bar else text)


def lengthened(view: FiltersView) -> FiltersView:
    """With one filter more, which changes nothing yet."""
    return replace(view, filter=f"{view.filter.strip()}{BETWEEN}identity")


def shortened(view: FiltersView) -> FiltersView:
    """Without the last filter, if there are several."""
    before, bar, _ = view.filter.rpartition("|")
    return replace(view, filter=before.strip()) if bar else view


def family_of(view: FiltersView) -> Family | None:
    """The family of the last filter, if it has numbers to choose."""
    return FAMILIES.get(last(view).partition("(")[0].strip())


def kernel_of(view: FiltersView) -> OwnKernel:
    """The kernel of the last filter, to be edited.

    Raises:
        RequestError: it has more kernels than one, or a very large one.
    """
    text = last(view)
    return read_kernel(text) if text.startswith("[") else own_kernel(parse_filters(text)[0])


def names(view: FiltersView) -> tuple[str, ...]:
    """The settings that there are now."""
    if view.edit:
        return KERNEL
    family = family_of(view)
    return (*(each.name for each in family.parameters), *ALWAYS) if family else ALWAYS


def chosen(view: FiltersView) -> str:
    """The setting that + and − change.

    Raises:
        RequestError: it is none that any filter has.
    """
    if view.setting and view.setting not in KNOWN:
        raise unknown("setting", view.setting, KNOWN)
    there = names(view)
    return view.setting if view.setting in there else there[0]


def next_setting(view: FiltersView, step: int) -> FiltersView:
    """The setting beside the chosen one, round the row."""
    return replace(view, setting=after(names(view), chosen(view), step))


def changed(view: FiltersView, step: int) -> FiltersView:
    """With the next value of the chosen setting, or (step −1) the one before.

    Raises:
        RequestError: it has none.
    """
    setting = chosen(view)
    if setting == "edge":
        return replace(view, edge=after(EDGES, view.edge, step))
    if setting == "stored":
        return replace(view, stored=after(STORED, view.stored, step))
    if view.edit:
        return with_last(view, edited(view, kernel_of(view), setting, step).text)
    family = family_of(view)
    assert family is not None
    parameter = next(each for each in family.parameters if each.name == setting)
    values = values_of(view, family)
    values[setting] = next_value(parameter, values[setting], step)
    return with_last(view, family.with_values(values).name)


def edited(view: FiltersView, kernel: OwnKernel, setting: str, step: int) -> OwnKernel:
    """A kernel with one of its settings changed."""
    if setting == "weight":
        cell = cell_of(view, kernel)
        weight = float(kernel.weights[cell]) + step * weight_step(kernel)
        return kernel.with_weight(cell, round(weight, 9))
    if setting == "divide":
        return replace(kernel, divide=kernel.divide + step or float(step))
    if setting == "add":
        return replace(kernel, bias=kernel.bias + step * ADDED)
    return kernel.larger() if step > 0 else kernel.smaller()


def weight_step(kernel: OwnKernel) -> float:
    """By how much a weight changes: 1 of whole numbers, else a tenth of the largest's power of ten.

    Such as 0.01 where the largest is 0.24.
    """
    weights = kernel.weights
    if (weights == np.rint(weights)).all():
        return 1.0
    return float(10.0 ** (np.floor(np.log10(np.abs(weights).max())) - 1))


def cell_of(view: FiltersView, kernel: OwnKernel) -> tuple[int, int]:
    """Row and column of the number that is edited, within the kernel."""
    height, width = kernel.weights.shape
    row, column = view.cell or (height // 2, width // 2)
    return min(max(row, 0), height - 1), min(max(column, 0), width - 1)


def values_of(view: FiltersView, family: Family) -> dict[str, float]:
    """The numbers that the last filter has of its family."""
    (applied,) = parse_filters(last(view))
    assert isinstance(applied, NamedFilter)
    return {
        each.name: applied.parameters.get(each.name, each.default) for each in family.parameters
    }


def next_value(parameter: Parameter, value: float, step: int) -> float:
    """The next number that a parameter may have, or the one before; at an end the end."""
    size = float(parameter.step)
    if not size:
        size = TURN if parameter.most >= 360 else fine_step(value, step)
    after = round(value + step * size, 9)
    return min(max(after, parameter.least), parameter.most)


def fine_step(value: float, step: int) -> float:
    """A width changes by 0.1 up to 1, by 0.5 up to 5, then by 1."""
    at = value + step * 1e-9
    return 0.1 if at < 1 else 0.5 if at < 5 else 1.0


def settings_row(view: FiltersView) -> str:
    """All settings with what they are now; the one that + and − change in brackets."""
    at = chosen(view)
    called = {name: f"{name} {value}" for name, value in now(view).items()}
    return ", ".join(f"[{text}]" if name == at else text for name, text in called.items())


def now(view: FiltersView) -> dict[str, str]:
    """The value of every setting."""
    if view.edit:
        kernel = kernel_of(view)
        height, width = kernel.weights.shape
        weight = float(kernel.weights[cell_of(view, kernel)])
        numbers = map(number_text, (weight, kernel.divide, kernel.bias))
        return dict(zip(KERNEL, (*numbers, f"{height}×{width}"), strict=True))
    family = family_of(view)
    values = values_of(view, family) if family else {}
    of_filter = {name: number_text(value) for name, value in values.items()}
    return {**of_filter, "edge": view.edge, "stored": view.stored}


def check(view: FiltersView) -> None:
    """Find out whether there is all that a view is to change.

    Raises:
        RequestError: there is no such setting, or no kernel to be edited.
    """
    chosen(view)
    if view.edit:
        kernel_of(view)
