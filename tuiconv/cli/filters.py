"""`tuiconv filters`: the named filters with their kernels."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuiconv.cli.completion import filter_names
from tuiconv.cli.options import Color, Json, Width, at_most_one, console_for

if TYPE_CHECKING:
    from tuiconv.images.filters.filter import Filter


def filters(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="FILTER",
            autocompletion=filter_names,
            help="A name, with numbers if it takes some; several are joined by |. Without it, all"
            " are listed.",
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="IMAGE", help="Show what every filter makes of this picture."),
    ] = None,
    as_json: Json = False,
    color: Color = "auto",
    width: Width = None,
) -> None:
    """List the filters, or tell everything about one.

    Numbers are given in their order or by name; those left out have their defaults.

    \b
    Examples:
      tuiconv filters
      tuiconv filters sobel
      tuiconv filters "gabor(45, wavelength=6)"
      tuiconv filters "gaussian(2) | sobel-x" --json
      tuiconv filters --compare photo.jpg
    """
    from tuiconv.images.filters.catalog import FILTERS
    from tuiconv.images.filters.recipes import parse_filters

    chosen = tuple(FILTERS.values()) if name is None else parse_filters(name)
    at_most_one({"FILTER": name, "--compare": compare, "--json": as_json and compare})
    console, display = console_for(color, width)
    if compare is not None:
        from tuiconv.cli.compare_filters import compare_filters

        compare_filters(compare, console, display)
        return
    if as_json:
        print(json.dumps([to_json(each) for each in chosen], indent=2))
        return
    from tuiconv.lessons.filter_facts import catalog_lines, filter_about

    if name is None:
        print("\n".join(catalog_lines(console.width)))
        print()
        print('Several in a row: tuiconv apply-filter IMAGE "gaussian(2) | sobel-x"')
        print("Try one: tuiconv apply-filter IMAGE edge-8")
        return
    from tuiconv.render.scene import draw_scene

    for number, each in enumerate(chosen):
        if number:
            console.print()
        console.print(draw_scene(filter_about(each, console.width), console.width, display))


def to_json(named: "Filter") -> dict[str, Any]:
    """A filter as a JSON object."""
    from tuiconv.cli.filter_json import filter_json
    from tuiconv.images.filters.family_kernels import FAMILIES
    from tuiconv.images.filters.filter import NamedFilter

    values = named.parameters if isinstance(named, NamedFilter) else {}
    family = FAMILIES[named.name.partition("(")[0]] if values else None
    return {
        **filter_json(named),
        "kernel_sums": {label: math.fsum(kernel.flat) for label, kernel in named.matrices.items()},
        "parameters": [
            {
                "name": each.name,
                "value": values[each.name],
                "default": each.default,
                "least": each.least,
                "most": each.most,
                "meaning": each.meaning,
            }
            for each in (family.parameters if family else ())
        ],
    }
