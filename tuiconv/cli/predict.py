"""`tuiconv predict`: what a network reads in pictures, and what it really saw of them."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuiconv.cli.options import Color, Json, Model, Width, console_for
from tuiconv.errors import RequestError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tuiconv.images.pictures import Picture
    from tuiconv.lessons.scene import Pixels, Scene
    from tuiconv.nn.network import Network
    from tuiconv.nn.prediction import Guess, Seen
    from tuiconv.nn.reading import Line


def predict(
    model: Model,
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGE...", help="PNG, JPEG, TIFF, WebP, BMP, ...")
    ],
    as_json: Json = False,
    color: Color = "auto",
    width: Width = None,
) -> None:
    """Read pictures of any size, and lines of digits.

    The three most probable classes are told. A grey network is shown a picture as MNIST's digits
    were made: the ink bright on black, scaled to 20 of 32 pixels, its centre of mass in the middle.
    Dark ink on a bright ground is inverted. A colour network is shown the whole picture. What it
    saw is drawn. With --json every line is one picture.

    A convolutional network with a class "none" first looks at every column of the picture. If it
    finds several digits they are read out, with the place of each in pixels of the picture.

    \b
    Examples:
      tuiconv predict lenet5 photo.png
      tuiconv predict lenet5.safetensors photo.png photo.jpg --json
    """
    from tuiconv.images.files.reading import read_picture
    from tuiconv.nn.prediction import check_readable, prepare
    from tuiconv.nn.prediction import predict as guess
    from tuiconv.nn.reading import reads_lines
    from tuiconv.nn.shipped import load_model

    console, display = console_for(color, width)
    net = load_model(model)
    check_readable(net)
    looks_for_several = reads_lines(net)
    channels, height, columns = net.spec.input
    pictures = [read_picture(path) for path in images]
    for path, picture in zip(images, pictures, strict=True):
        if picture.note:
            print(f"note: {path}: {picture.note}", file=sys.stderr)
        line = line_in(net, path, picture) if looks_for_several else None
        if line is not None and len(line.digits) > 1:
            told, scene = line_json(path, line), line_scene(path, picture, line)
        else:
            seen = prepare(picture.pixels, (channels, height, columns))
            guesses = guess(net, seen)
            told, scene = to_json(path, seen, guesses), scene_of(path, picture, seen, guesses)
        if as_json:
            print(json.dumps(told))
            continue
        from tuiconv.render.scene import draw_scene

        console.print(draw_scene(scene, console.width, display))


def line_in(net: "Network", path: Path, picture: "Picture") -> "Line | None":
    """The digits in a picture; None, and a note, if it is too long for a line of them."""
    from tuiconv.nn.reading import read_line

    try:
        return read_line(net, picture.pixels)
    except RequestError as error:
        print(f"note: {path}: {error}; it is taken for one digit", file=sys.stderr)
        return None


def scene_of(path: Path, picture: "Picture", seen: "Seen", guesses: "tuple[Guess, ...]") -> "Scene":
    """The picture, what the network saw of it, and what it read."""
    import numpy as np

    from tuiconv.lessons.scene import Bars, Scene

    best = guesses[0]
    return Scene(
        title=f"{path}: {best.name} ({best.probability:.1%})",
        panels=(
            *pictures_of(picture, seen.pixels, seen.inverted, seen.empty),
            Bars(
                "probability",
                tuple(each.name for each in guesses),
                np.array([each.probability for each in guesses]),
                marked=0,
            ),
        ),
    )


def line_scene(path: Path, picture: "Picture", line: "Line") -> "Scene":
    """The picture, what the network saw of it, and the digits it read."""
    from tuiconv.lessons.scene import Scene, Text

    rows = (f"{each.name:>5}  {each.x:6.0f}  {each.probability:11.1%}" for each in line.digits)
    return Scene(
        title=f"{path}: {line.text}",
        panels=(
            *pictures_of(picture, line.pixels, line.inverted),
            Text("digit  column  probability", tuple(rows)),
        ),
    )


def pictures_of(
    picture: "Picture", seen: "npt.NDArray[np.uint8]", inverted: bool, empty: bool = False
) -> "tuple[Pixels, Pixels]":
    """A picture, and what the network saw of it (channels, height, width)."""
    from tuiconv.lessons.scene import Pixels

    _, height, width = seen.shape
    note = ", nothing but ground" if empty else ", inverted" if inverted else ""
    return (
        Pixels(f"picture: {picture.width}×{picture.height} {picture.mode}", picture.pixels),
        Pixels(f"seen: {width}×{height}{note}", seen.transpose(1, 2, 0)),
    )


def to_json(path: Path, seen: "Seen", guesses: "tuple[Guess, ...]") -> dict[str, Any]:
    """One digit read in a picture as a JSON object; `seen` is (channels, height, width)."""
    return {
        "image": str(path),
        "text": guesses[0].name,
        "digits": [],
        "guesses": [asdict(each) for each in guesses],
        "inverted": seen.inverted,
        "empty": seen.empty,
        "seen": seen.pixels.tolist(),
    }


def line_json(path: Path, line: "Line") -> dict[str, Any]:
    """A line of digits read in a picture as a JSON object with the keys of `to_json`."""
    return {
        "image": str(path),
        "text": line.text,
        "digits": [asdict(each) for each in line.digits],
        "guesses": [],
        "inverted": line.inverted,
        "empty": False,
        "seen": line.pixels.tolist(),
    }
