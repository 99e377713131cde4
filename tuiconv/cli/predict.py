"""`tuiconv predict`: what a network reads in pictures, and what it really saw of them."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuiconv.cli.options import Color, Json, Width, console_for

if TYPE_CHECKING:
    from tuiconv.images.pictures import Picture
    from tuiconv.lessons.scene import Scene
    from tuiconv.nn.prediction import Guess, Seen


def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A checkpoint (safetensors).")],
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGE...", help="PNG, JPEG, TIFF, WebP, BMP, ...")
    ],
    as_json: Json = False,
    color: Color = "auto",
    width: Width = None,
) -> None:
    """Read pictures of any size: the three most probable classes.

    A grey network is shown a picture as MNIST's digits were made: the ink bright on black, scaled
    to 20 of 32 pixels, its centre of mass in the middle. Dark ink on a bright ground is inverted.
    A colour network is shown the whole picture. What it saw is drawn. With --json every line is
    one picture.

    \b
    Examples:
      tuiconv predict lenet5.safetensors photo.png
      tuiconv predict lenet5.safetensors photo.png photo.jpg --json
    """
    from tuiconv.images.pictures import read_picture
    from tuiconv.nn.network import Network
    from tuiconv.nn.prediction import check_readable, prepare
    from tuiconv.nn.prediction import predict as guess

    console, display = console_for(color, width)
    net = Network.load(model)
    check_readable(net)
    channels, height, columns = net.spec.input
    pictures = [read_picture(path) for path in images]
    for path, picture in zip(images, pictures, strict=True):
        if picture.note:
            print(f"note: {path}: {picture.note}", file=sys.stderr)
        seen = prepare(picture.pixels, (channels, height, columns))
        guesses = guess(net, seen)
        if as_json:
            print(json.dumps(to_json(path, seen, guesses)))
            continue
        from tuiconv.render.scene import draw_scene

        console.print(draw_scene(scene_of(path, picture, seen, guesses), console.width, display))


def scene_of(path: Path, picture: "Picture", seen: "Seen", guesses: "tuple[Guess, ...]") -> "Scene":
    """The picture, what the network saw of it, and what it read."""
    import numpy as np

    from tuiconv.lessons.scene import Bars, Pixels, Scene

    _, height, width = seen.pixels.shape
    note = ", nothing but ground" if seen.empty else ", inverted" if seen.inverted else ""
    best = guesses[0]
    return Scene(
        title=f"{path}: {best.name} ({best.probability:.1%})",
        panels=(
            Pixels(f"picture: {picture.width}×{picture.height} {picture.mode}", picture.pixels),
            Pixels(f"seen: {width}×{height}{note}", np.moveaxis(seen.pixels, 0, 2)),
            Bars(
                "probability",
                tuple(each.name for each in guesses),
                np.array([each.probability for each in guesses]),
                marked=0,
            ),
        ),
    )


def to_json(path: Path, seen: "Seen", guesses: "tuple[Guess, ...]") -> dict[str, Any]:
    """What was read in one picture as a JSON object; `seen` is (channels, height, width)."""
    return {
        "image": str(path),
        "guesses": [asdict(each) for each in guesses],
        "inverted": seen.inverted,
        "empty": seen.empty,
        "seen": seen.pixels.tolist(),
    }
