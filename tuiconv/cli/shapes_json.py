"""The arithmetic of a network for other programs: JSON and CSV."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from fractions import Fraction

    from tuiconv.arithmetic import NetworkSpec, Spec, SpecError
    from tuiconv.arithmetic.memory import Memory
    from tuiconv.arithmetic.units import Box
    from tuiconv.cli.shapes import Asked


def json_of(asked: "Asked", failure: "SpecError | None") -> dict[str, Any]:
    """All that is asked for as a JSON object; pairs are [vertical, horizontal]."""
    told = to_json(asked.spec, asked.memory(asked.spec))
    if asked.unit is not None:
        told["unit"] = unit_json(asked.spec, asked.unit)
    if asked.other is not None:
        other = to_json(asked.other, asked.memory(asked.other))
        told = {"networks": [told, other], "ratio": ratios(asked.spec, asked.other)}
    if failure is not None:
        told["error"] = {"layer": failure.layer, "message": str(failure)}
    return told


def to_json(network: "NetworkSpec", bytes_used: "Memory") -> dict[str, Any]:
    """A network's arithmetic."""
    return {
        "spec": str(network),
        "input": list(network.input),
        "output": list(network.output),
        "layers": [layer_json(layer, network) for layer in network],
        "totals": {
            **asdict(network.totals),
            "bytes": {**asdict(bytes_used), "total": bytes_used.total},
        },
    }


def layer_json(layer: "Spec", network: "NetworkSpec") -> dict[str, Any]:
    """One layer's arithmetic."""
    from tuiconv.arithmetic.joins import Join

    window, seen = layer.window, layer.receptive_field
    return {
        "name": layer.name,
        "kind": layer.word,
        "spec": str(layer),
        "sources": [network.layers[place].name for place in layer.sources],
        "input": list(layer.input),
        "output": list(layer.output),
        "output_formula": [layer.output_formula(0), layer.output_formula(1)],
        "discarded": list(layer.discarded),
        "kernel": list(window.kernel_size),
        "stride": list(window.stride),
        "padding": list(window.before),
        "padding_after": list(window.behind),
        "dilation": list(window.dilation),
        "groups": getattr(layer, "groups", 1),
        "parameters": layer.parameters,
        "parameter_formula": layer.parameter_formula,
        "connections": layer.connections,
        "macs": layer.macs,
        "activations": layer.activations,
        "units": layer.units,
        "receptive_field": list(seen.cells),
        "exceeds_input": seen.exceeds(network.input),
        "jump": [plain(length) for length in seen.jump],
        "start": [plain(length) for length in seen.start],
        "effective_padding": [plain(-length) for length in seen.start],
        "misaligned": layer.alignment if isinstance(layer, Join) else "",
    }


def plain(length: "int | Fraction") -> float:
    """A number that JSON knows; whole ones stay whole."""
    return length if isinstance(length, int) else float(length)


def unit_json(network: "NetworkSpec", text: str) -> dict[str, Any]:
    """What a unit sees of every layer before it, and which later units it reaches."""
    from tuiconv.arithmetic.units import reached_by, read_unit, seen_by

    unit = read_unit(text, network)
    return {
        "layer": unit.layer,
        "unit": [unit.row, unit.column],
        "sees": [
            {
                "layer": name,
                **box_json(seen.unclipped),
                "inside": box_json(seen.inside),
                "padding": list(map(list, seen.padding)),
            }
            for name, seen in seen_by(network, unit).items()
        ],
        "reaches": [
            {"layer": name, **box_json(box)} for name, box in reached_by(network, unit).items()
        ],
    }


def box_json(box: "Box | None") -> dict[str, Any]:
    """First and last row, first and last column; null if there are none."""
    if box is None:
        return {"rows": None, "columns": None}
    rows, columns = zip(box.first, box.last, strict=True)
    return {"rows": list(rows), "columns": list(columns)}


def ratios(one: "NetworkSpec", other: "NetworkSpec") -> dict[str, Any]:
    """How many times as much the second has as the first; null where the first has nothing."""

    def ratio(first: int, second: int) -> float | None:
        return second / first if first else None

    seen = (network.layers[-1].receptive_field.cells for network in (one, other))
    totals = asdict(one.totals), asdict(other.totals)
    return {
        **{name: ratio(totals[0][name], totals[1][name]) for name in totals[0]},
        "receptive_field": list(map(ratio, *seen)),
    }


PAIRS = (
    "kernel",
    "stride",
    "dilation",
    "discarded",
    "receptive_field",
    "jump",
    "start",
    "effective_padding",
    "output_formula",
)
"""What a layer has vertically and horizontally: in CSV with _y and _x behind it."""


def write_csv(network: "NetworkSpec", file: TextIO) -> None:
    """A line for each layer with all its numbers; heights and widths in columns of their own."""
    write_rows([csv_row(layer_json(layer, network)) for layer in network], file)


def write_rows(rows: Sequence[Mapping[str, object]], file: TextIO) -> None:
    """Rows as CSV below the names of their fields."""
    writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def csv_row(layer: dict[str, Any]) -> dict[str, object]:
    """The fields of `layer_json` for one line of CSV: texts and single numbers."""
    pad_top, pad_left = layer["padding"]
    pad_bottom, pad_right = layer["padding_after"]
    return {
        "name": layer["name"],
        "kind": layer["kind"],
        "spec": layer["spec"],
        "sources": " ".join(layer["sources"]),
        **shape_fields("input", layer["input"]),
        **shape_fields("output", layer["output"]),
        **{
            f"{name}_{axis}": layer[name][place]
            for name in PAIRS
            for place, axis in enumerate("yx")
        },
        "pad_top": pad_top,
        "pad_bottom": pad_bottom,
        "pad_left": pad_left,
        "pad_right": pad_right,
        **{
            name: layer[name]
            for name in ("groups", "parameters", "macs", "connections", "activations", "units")
        },
        "parameter_formula": layer["parameter_formula"],
    }


def shape_fields(name: str, shape: Iterable[int]) -> dict[str, object]:
    """Channels, height and width; a vector has features as channels, and neither of the others."""
    sides = (*shape, "", "", "")
    return dict(zip((f"{name}_channels", f"{name}_height", f"{name}_width"), sides, strict=False))
