"""What every `tuiconv show NAME` has in common: options, and how a scene is printed.

The command of a lesson declares an option for every field of its view, then those of this module
and of `options`, and ends with one call. Everything slow is imported inside it:

    FIRST = NetworkView()

    def show_network(
        layer: Annotated[str, typer.Option(metavar="NAME", help="…")] = FIRST.layer,
        unit: Annotated[str | None, typer.Option(metavar="ROW,COLUMN", help="…")] = None,
        depth: Depth = FIRST.depth,
        range_: Range = FIRST.range,
        as_json: Json = False,
        svg: Svg = None,
        color: Color = "auto",
        width: Width = None,
        height: Height = None,
    ) -> None:
        from tuiconv.lessons.network.lesson import NetworkLesson

        place = given(unit, lambda text: pair_in("--unit", text))
        view = NetworkView(layer=layer, unit=place, depth=depth, range=range_)
        show_scene("network", NetworkLesson, view, Output(as_json, svg, color, width, height))

`tuiconv.cli.show_lessons` lists the commands. Names of options are those of the view's fields,
with - for _: so `tuiconv.lessons.view.command` can give the command line of any view.
"""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from tuiconv.cli.options import at_most_one, console_for
from tuiconv.errors import RequestError
from tuiconv.files import check_writable, replacing
from tuiconv.lessons import view as views

if TYPE_CHECKING:
    from tuiconv.lessons.lesson import Lesson

V = TypeVar("V", bound=views.View)

STREAM = "-"
"""Stands for stdout as the file of a drawing."""

Depth = Annotated[
    views.Depth,
    typer.Option(help="How far in: everything, one map, or one number with its arithmetic."),
]
Range = Annotated[
    str,
    typer.Option(
        "--range",
        metavar="NAME|LOW:HIGH",
        help="What shares a colour scale: unit, layer or global; or the ends of the scale.",
    ),
]
Svg = Annotated[
    str | None,
    typer.Option(metavar="FILE|-", help="Save the scene as a drawing for slides; - for stdout."),
]
Height = Annotated[
    int | None,
    typer.Option(help="Lines that pictures and maps are made to fit.", min=10),
]


@dataclass(frozen=True)
class Output:
    """How a scene is to be printed."""

    as_json: bool
    svg: str | None
    color: str
    width: int | None
    height: int | None


def show_scene(name: str, make_lesson: "Callable[[], Lesson[V]]", view: V, output: Output) -> None:
    """Print what a lesson shows: as text, as JSON, or as SVG.

    Args:
        name: what `tuiconv show` calls the lesson.
        make_lesson: gives the lesson with what it needs at hand, when all else is in order.
        view: what is to be seen of it.
        output: how it is to be printed.

    Raises:
        RequestError: there is nothing of that kind to see, or no way to print it so.
        UserError: what the lesson needs cannot be had.
        OSError: the drawing cannot be written.
    """
    at_most_one({"--json": output.as_json, "--svg": output.svg})
    console, display = console_for(output.color, output.width)
    if output.svg is not None:
        check_drawing(output.svg)
    lesson = make_lesson()
    settled = lesson.settled(view)
    check_counts(view, lesson.counts(settled))
    scene = lesson.scene(settled)
    if output.as_json:
        from tuiconv.cli.scene_json import scene_json

        print(json.dumps(scene_json(name, settled, scene), allow_nan=False))
    elif output.svg is not None:
        from tuiconv.render.svg import svg

        save_drawing(output.svg, svg(scene, console.width))
    else:
        from tuiconv.render.scene import draw_scene

        screen = console.height - 1 if sys.stdout.isatty() else None
        console.print(draw_scene(scene, console.width, display, output.height or screen))


def check_counts(view: views.View, counts: dict[str, tuple[int, ...]]) -> None:
    """Find out whether there is all that was asked for by number.

    Args:
        view: as it was asked for.
        counts: how many there are of what some of its fields count.

    Raises:
        RequestError: there is not.
    """
    for name, sizes in counts.items():
        value = getattr(view, name)
        numbers = value if isinstance(value, tuple) else (value,)
        if value is None or all(0 <= at < most for at, most in zip(numbers, sizes, strict=True)):
            continue
        if 0 in sizes:
            raise RequestError(f"--{name} {views.written(value)}; there is none to be shown here")
        ends = ("0," * len(sizes))[:-1], ",".join(str(most - 1) for most in sizes)
        raise RequestError(f"--{name} {views.written(value)}; expected {ends[0]} to {ends[1]}")


def check_drawing(file: str) -> None:
    """Find out before any work whether the drawing can be saved.

    Raises:
        RequestError: the file is not called so.
        OSError: it cannot be written.
    """
    if file == STREAM:
        return
    if not file.lower().endswith(".svg"):
        raise RequestError(f"--svg {file}; expected a name that ends in .svg, or - for stdout")
    check_writable(Path(file))


def save_drawing(file: str, text: str) -> None:
    """Write the drawing, and say so."""
    if file == STREAM:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        return
    with replacing(Path(file)) as out:
        out.write(text.encode())
    print(f"saved {file}")


def pair_in(option: str, text: str) -> tuple[int, int]:
    """Two whole numbers, such as the row and the column of a unit: `2,3`, or `-1,0` for a shift.

    Raises:
        RequestError: the text is none.
    """
    words = [word.strip() for word in text.split(",")]
    if len(words) == 2 and all(re.fullmatch("-?[0-9]{1,9}", word) for word in words):
        return int(words[0]), int(words[1])
    raise RequestError(f'{option} "{text}"; expected two whole numbers, such as 2,3')
