"""`tuiconv data`: the data sets that can be trained on."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuiconv.cli.completion import data_sets
from tuiconv.cli.data_get import get
from tuiconv.cli.options import Color, DataDir, Json, Width, console_for
from tuiconv.errors import RequestError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tuiconv.data.dataset import Dataset, Splits

MOST_SAMPLES = 20
"""Classes that get a picture on the sheet."""

data = typer.Typer(rich_markup_mode=None)


@data.callback(invoke_without_command=True)
def about(context: typer.Context) -> None:
    """List the data sets, fetch one, and look into one.

    \b
    Examples:
      tuiconv data list
      tuiconv data get mnist
      tuiconv data info strokes
    """
    if context.invoked_subcommand is None:
        raise RequestError("data: no command given; expected list, get or info")


@data.command("list")
def list_data(data_dir: DataDir = None, as_json: Json = False) -> None:
    """List the data sets with a name, and where they were found.

    Beside these, a folder of pictures with one sub-folder a class and a .npz file with the arrays
    images and labels, or x_train, y_train, x_test and y_test, can be given by their path.

    \b
    Examples:
      tuiconv data list
      tuiconv data list --data-dir ~/data --json
    """
    from tuiconv.data.catalog import CATALOG
    from tuiconv.data.load import where
    from tuiconv.data.sources import SOURCES

    rows: list[dict[str, Any]] = []
    for name, entry in CATALOG.items():
        folder = where(name, data_dir) if name in SOURCES else None
        rows.append(
            {
                "name": name,
                "about": entry.about,
                "found": folder is not None or name not in SOURCES,
                "folder": None if folder is None else str(folder),
            }
        )
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        place = row["folder"] or "always there"
        if not row["found"]:
            size = SOURCES[row["name"]].megabytes
            place = f"not found; `tuiconv data get {row['name']}` fetches it ({size} MB)"
        print(f"{row['name']:<14} {row['about']}\n{'':<14} {place}")


data.command("get")(get)


@data.command("info", short_help="Show a data set's counts, shapes, classes and samples.")
def info(
    name: Annotated[
        str,
        typer.Argument(
            autocompletion=data_sets,
            help="A name from `tuiconv data list`, or the path of a data set.",
        ),
    ],
    data_dir: DataDir = None,
    augment: Annotated[
        bool, typer.Option("--augment", help="Draw every distortion, and the eleventh class.")
    ] = False,
    seed: Annotated[
        int, typer.Option(help="Which stroke digits are drawn; chance in --augment.", min=0)
    ] = 0,
    as_json: Json = False,
    color: Color = "auto",
    width: Width = None,
) -> None:
    """Show how many images a data set has, of what shape and class, and one of each class.

    With --augment pictures are drawn as they are, then changed by each of the recommended
    distortions by itself and by all of them together, and digits at last as an eleventh class.

    \b
    Examples:
      tuiconv data info mnist --data-dir ~/data
      tuiconv data info strokes --augment --seed 3
      tuiconv data info strokes --json
    """
    from tuiconv.data.load import load_dataset

    console, display = console_for(color, width)
    splits = load_dataset(name, data_dir, seed)
    if as_json:
        said = to_json(name, splits)
        if augment:
            from tuiconv.cli.data_augment import shown

            said["distortions"] = asdict(shown(splits.train))
        print(json.dumps(said, indent=2))
        return
    from tuiconv.render.lines import Lines
    from tuiconv.render.sheet import draw_row, draw_sheet, per_row

    for line in describe(splits):
        print(line)
    print()
    if not augment:
        console.print(Lines(draw_sheet(list(samples(splits.train)), console.width, display)))
        return
    from tuiconv.cli.data_augment import rows_of

    for heading, images in rows_of(splits.train, per_row(console.width), seed):
        print(heading[: console.width])
        pixels = images.transpose(0, 2, 3, 1)
        console.print(Lines(draw_row(pixels, display)))
        print()


def describe(splits: "Splits") -> Iterator[str]:
    """Counts, shapes, statistics and class balance, a line each."""
    for part in splits:
        shape = "×".join(map(str, part.images.shape[1:]))
        yield f"{len(part):,} {part.name} of {shape} in {part.classes} classes"
    seen = splits.train.preprocessing
    yield f"normalised by mean {seen.mean:.4f} and standard deviation {seen.std:.4f}"
    yield ""
    names = splits.train.class_names
    wide = max(len("class"), *map(len, names))
    yield f"{'class':<{wide}} {'training':>10} {'share':>7} {'test':>10}"
    train, test = (counts(part) for part in splits)
    for name, learned, tested in zip(names, train, test, strict=True):
        share = learned / max(1, len(splits.train))
        yield f"{name:<{wide}} {learned:>10,} {share:>7.1%} {tested:>10,}"


def counts(part: "Dataset") -> list[int]:
    """How many images each class has."""
    import numpy as np

    found: list[int] = np.bincount(part.labels, minlength=part.classes).tolist()
    return found


def samples(part: "Dataset") -> "Iterator[tuple[str, npt.NDArray[np.uint8]]]":
    """Name and first image (height, width, channels) of each class that has one."""
    for label, name in enumerate(part.class_names[:MOST_SAMPLES]):
        of_class = part.labels == label
        if of_class.any():
            yield name, part.images[of_class.argmax()].transpose(1, 2, 0)


def to_json(name: str, splits: "Splits") -> dict[str, Any]:
    """What `data info` says, as a JSON object."""
    seen = splits.train.preprocessing
    return {
        "name": name,
        "class_names": list(splits.train.class_names),
        "preprocessing": {"mean": seen.mean, "std": seen.std},
        "train": part_json(splits.train),
        "test": part_json(splits.test),
    }


def part_json(part: "Dataset") -> dict[str, Any]:
    """One part of a data set."""
    return {
        "images": len(part),
        "shape": list(part.images.shape[1:]),
        "class_counts": counts(part),
    }
