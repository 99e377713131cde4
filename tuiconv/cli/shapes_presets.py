"""`tuiconv shapes` without a network: what every preset adds up to."""

import json
import sys
from dataclasses import asdict
from typing import Any

from tuiconv.arithmetic import PRESETS, NetworkSpec, summarize
from tuiconv.cli.options import console_for
from tuiconv.cli.shapes_json import shape_fields, write_rows


def list_presets(
    as_json: bool, as_csv: bool, as_markdown: bool, color: str, width: int | None
) -> None:
    """Print all presets, as a table or for other programs."""
    networks = {name: summarize(name) for name in PRESETS}
    if as_json:
        presets = [preset_json(name, network) for name, network in networks.items()]
        print(json.dumps({"presets": presets}, indent=2))
        return
    if as_csv:
        write_rows([csv_row(name, network) for name, network in networks.items()], sys.stdout)
        return
    from tuiconv.render.lines import Lines
    from tuiconv.render.presets import presets_columns, presets_lines
    from tuiconv.render.tables import markdown_lines

    console, display = console_for(color, width)
    if as_markdown:
        print("\n".join(markdown_lines(presets_columns(networks, display))))
    else:
        console.print(Lines(presets_lines(networks, console.width, display)))


def preset_json(name: str, network: NetworkSpec) -> dict[str, Any]:
    """A preset's totals."""
    return {
        "name": name,
        "spec": str(network),
        "input": list(network.input),
        "output": list(network.output),
        "layers": len(network),
        "totals": asdict(network.totals),
        "receptive_field": list(network.layers[-1].receptive_field.cells),
    }


def csv_row(name: str, network: NetworkSpec) -> dict[str, object]:
    """The fields of a preset for one line of CSV."""
    rows, columns = network.layers[-1].receptive_field.cells
    return {
        "name": name,
        **shape_fields("input", network.input),
        **shape_fields("output", network.output),
        "layers": len(network),
        **asdict(network.totals),
        "receptive_field_y": rows,
        "receptive_field_x": columns,
        "spec": str(network),
    }
