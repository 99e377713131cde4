"""The code that computes an operation: its plain twin, and the kernels that are compiled."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getsource, isfunction, ismodule
from itertools import chain
from types import CodeType
from typing import Any, Final, TypeGuard

import tuiconv_kernels
from tuiconv_kernels import plain

Function = Callable[..., Any]

ASIDE: Final = tuple(
    f"tuiconv_kernels.{each}" for each in ("blocks", "checks", "geometry", "plain")
)
"""Modules of the library that check arguments and lay them out."""


@dataclass(frozen=True)
class Code:
    """The sources of an operation, each a function after the other."""

    operation: str
    plain: str
    """Loops to read, without Numba."""
    compiled: str
    """What runs."""


def code_of(operation: str) -> Code:
    """The two ways to compute an operation, by its name in `tuiconv_kernels`."""
    twin, function = getattr(plain, operation), getattr(tuiconv_kernels, operation)
    twins = [each for each in reached(twin) if each.__module__ == twin.__module__]
    called = [each for each in reached(function) if not each.__module__.startswith(ASIDE)]
    kernels = [each for each in called if is_compiled(each)]
    return Code(operation, sources(twins), sources(kernels or called))


def reached(function: Function) -> Iterator[Function]:
    """The function and those of the library that it calls, each once, in the order of calls."""
    seen, waiting = set[str](), [function]
    while waiting:
        each = waiting.pop(0)
        name = f"{each.__module__}.{each.__name__}"
        if name in seen:
            continue
        seen.add(name)
        yield each
        waiting += called_by(getattr(each, "py_func", each))


def called_by(function: Function) -> list[Function]:
    """The functions of the library that are named in a function, also as `module.function`."""
    named = set(names(function.__code__))
    things = [function.__globals__.get(name) for name in names(function.__code__)]
    modules = filter(ismodule, things)
    things += [vars(module).get(name) for module in modules for name in sorted(named)]
    return list(filter(in_library, things))


def names(code: CodeType) -> Iterator[str]:
    """The names that a function's code uses, and those of the functions inside it."""
    inner = (names(each) for each in code.co_consts if isinstance(each, CodeType))
    return chain(code.co_names, *inner)


def in_library(thing: object) -> TypeGuard[Function]:
    """Whether it is a function of the library."""
    if not (isfunction(thing) or is_compiled(thing)):
        return False
    return str(thing.__module__).startswith(tuiconv_kernels.__name__)


def is_compiled(thing: object) -> bool:
    """Whether Numba compiles it."""
    return hasattr(thing, "py_func")


def sources(functions: list[Function]) -> str:
    """The functions as they are written, two blank lines between them."""
    return "\n\n".join(getsource(getattr(each, "py_func", each)) for each in functions)
