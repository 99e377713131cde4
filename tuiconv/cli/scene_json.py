"""What `tuiconv show` shows, for other programs: JSON."""

import math
from dataclasses import asdict, fields, is_dataclass
from typing import Any

import numpy as np

from tuiconv.lessons.scene import Columns, Panel, Scene
from tuiconv.lessons.view import View, command


def scene_json(lesson: str, view: View, scene: Scene) -> dict[str, Any]:
    """A scene as a JSON object; indices count from 0, and pairs are [row, column].

    - lesson: its name; command: the command line that shows the same; view: what is looked at, a
      key for every option.
    - title; path: where one is, from the outside in; help: what there is to see, in paragraphs;
      code: the operations that computed it, by their names in `tuiconv_kernels`.
    - panels, in reading order: an object each, with its kind and its title. The kind "columns" has
      columns instead: lists of panels that stand beside each other.

    By kind, a panel has these keys, which `tuiconv.lessons.scene` describes:

    - pixels: pixels, zoomed, frames, size. signed: values, zoomed, size, limits.
    - maps: maps, quantity, limits, apart, chosen, and origin, which is what the first map is
      counted as. map: values, quantity, limits, frames, each with the first and the last cell.
    - numbers: values, quantity, limits, chosen, origin, which is what the first number is counted
      as, and decimals, to which a terminal rounds; marked, padding, unreached and unwritten, which
      are lists of [row, column] in values.
    - chart: series, each with label, x, y, joined and colour; y_range, is_logarithmic.
    - bars: labels, values, marked, before. confusion: labels, counts.
    - table: head, rows of texts, chosen, below, which is a row of sums, and spare. text: lines.
    - source: text, caret, a place in it. boxes: boxes, each with rows and columns that begin and
      end somewhere on an image of size.
    - diagram: rows from the inputs on, each with name, note, places, sees, old and marked; chosen,
      a row and a unit of it; legend. sweep: pixels, labels, shares, step, chosen, read, limits.
    - canvas: ink, chosen, which is the ink of the chosen stroke, pen, is_down.
    - key: what a panel that can be pointed at is known by, else "".
    - shape: of the grid of numbers, if the panel is one.

    Numbers are those of the computation, exactly. Those that JSON has no way to write are the
    texts "NaN", "Infinity" and "-Infinity".
    """
    return {
        "lesson": lesson,
        "command": command(lesson, view),
        "view": asdict(view),
        "title": scene.title,
        "path": list(scene.path),
        "help": list(scene.help),
        "code": list(scene.code),
        "panels": [panel_json(part) for part in scene.panels],
    }


def panel_json(part: Panel | Columns) -> dict[str, Any]:
    """A panel with its kind, a key for every field, and the shape of a grid of numbers."""
    entry = {"kind": type(part).__name__.lower()}
    if isinstance(part, Columns):
        columns = [[panel_json(panel) for panel in column] for column in part.columns]
        return {**entry, "columns": columns}
    grids = (getattr(part, field.name) for field in fields(part))
    shapes = [grid.shape for grid in grids if isinstance(grid, np.ndarray) and grid.ndim > 1]
    return {**entry, **plain(part), **({"shape": list(shapes[0])} if shapes else {})}


def plain(value: Any) -> Any:  # noqa: ANN401 - a field of a panel may have any type
    """A value as JSON has it."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, np.ndarray):
        return value.tolist() if np.isfinite(value).all() else plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value.item() if isinstance(value, np.generic) else value
