"""What is looked at: the settings of a lesson, which a command line can give as well.

A view is a frozen dataclass whose fields are the options of `tuiconv show`: a screen changes its
view, and for the same view the lesson makes the same scene.
"""

import shlex
from dataclasses import fields
from typing import Any, ClassVar, Final, Literal, Protocol, TypeAlias

Depth: TypeAlias = Literal["overview", "map", "number"]
"""How far one has gone in: everything, one map, or one number as its sum."""

RANGES: Final = ("unit", "layer", "global")
"""What shares a colour scale: one map, the maps of a layer, or those of the whole network. A view
may also have the limits of a scale, as LOW:HIGH, at which it stays frozen."""


class View(Protocol):
    """A frozen dataclass with the settings of a lesson; every field has a default."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def depth(self) -> Depth:
        """How far one has gone in."""

    @property
    def range(self) -> str:
        """One of `RANGES`, or LOW:HIGH."""


def command(lesson: str, view: View) -> str:
    """The command line that shows a lesson as a view does: options for all that is not default."""
    parts = ["tuiconv", "show", lesson]
    for each in fields(view):
        value = getattr(view, each.name)
        if value != each.default:
            parts.append(shlex.quote(f"--{each.name.replace('_', '-')}{assigned(value)}"))
    return " ".join(parts)


def assigned(value: object) -> str:
    """`=VALUE` as an option has it; nothing for a flag."""
    if value is True:
        return ""
    return f"={written(value)}"


def written(value: object) -> str:
    """A value as it stands on a command line: `4,5` for two numbers."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
