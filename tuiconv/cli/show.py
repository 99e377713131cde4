"""`tuiconv show`: what a screen of the explorer shows, as text, JSON or SVG."""

from collections.abc import MutableMapping
from functools import cached_property
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group


class LessonGroup(TyperGroup):
    """Imports its commands when they are asked for: other commands do without all their views."""

    @property
    def commands(self) -> MutableMapping[str, Any]:
        """Those of `show_lessons`, by name."""
        return self._made

    @commands.setter
    def commands(self, none: MutableMapping[str, Any]) -> None:
        """There are none to begin with."""

    @cached_property
    def _made(self) -> MutableMapping[str, Any]:
        from tuiconv.cli.show_lessons import lessons

        return get_group(lessons).commands


show = typer.Typer(cls=LessonGroup, rich_markup_mode=None)


@show.callback(invoke_without_command=True)
def show_names(context: typer.Context) -> None:
    """Print what a screen of the explorer shows.

    On the screen, y tells the command line that prints the same. Without a name, all lessons are
    listed.

    \b
    Examples:
      tuiconv show
      tuiconv show filters --filter edge-8
    """
    if context.invoked_subcommand is not None:
        return
    from tuiconv.cli.show_lessons import lessons

    for each in lessons.registered_commands:
        print(f"{each.name:<11} {each.short_help}")
    print("What can be chosen: tuiconv show NAME --help")
