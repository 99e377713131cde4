#!/usr/bin/env python3
"""Draws the two sample pictures: a lake at dusk, on which every filter has something to do.

    python samples/make_sample.py             # samples/sample.png and tuiconv/assets/sample.png

Stars are single bright pixels, so a filter prints its own kernel around them. Roofs and ridges
have diagonal edges, the house straight ones; the sky is a smooth gradient, which edge filters turn
black; ripples and brickwork are as fine as pixels get, and blur away; the shore is noise, which
sharpening makes worse. The same picture comes out every time.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Canvas = npt.NDArray[np.float64]
"""Linear mixture of colours 0..255, (height, width, 3)."""
Mask = npt.NDArray[np.floating]
"""How much of each pixel a shape covers, 0..1, (height, width)."""
Colour = tuple[int, int, int]

NIGHT: Colour = (18, 26, 66)
VIOLET: Colour = (104, 72, 132)
PEACH: Colour = (250, 176, 112)
SUN: Colour = (255, 236, 170)
FAR: Colour = (92, 70, 118)
NEAR: Colour = (44, 38, 74)
SNOW: Colour = (226, 222, 240)
WALL: Colour = (214, 120, 84)
MORTAR: Colour = (120, 52, 44)
ROOF: Colour = (70, 34, 52)
LIGHT: Colour = (255, 222, 110)
SAND: Colour = (196, 160, 116)
WHITE: Colour = (255, 255, 255)

LETTERS = {  # 5 × 7 dots
    "C": (".###.", "#...#", "#....", "#....", "#....", "#...#", ".###."),
    "O": (".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."),
    "N": ("#...#", "##..#", "##..#", "#.#.#", "#..##", "#..##", "#...#"),
    "V": ("#...#", "#...#", "#...#", "#...#", ".#.#.", ".#.#.", "..#.."),
}


def main() -> None:
    """Draw both pictures and write them where they belong, or into one folder."""
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description="Draw the sample pictures.")
    parser.add_argument("--into", type=Path, help="write both pictures into this folder instead")
    into: Path | None = parser.parse_args().into
    save(draw_large(), (into or root / "samples") / "sample.png")
    save(
        draw_small(),
        (into or root / "tuiconv" / "assets") / ("small.png" if into else "sample.png"),
    )


def save(canvas: Canvas, path: Path) -> None:
    """Write a canvas as an RGB picture."""
    Image.fromarray(np.rint(np.clip(canvas, 0, 255)).astype(np.uint8)).save(path, optimize=True)


def draw_small() -> Canvas:
    """96 × 64 pixels, drawn pixel by pixel: what a terminal shows one to one."""
    rng = np.random.default_rng(5)
    canvas = gradient(64, 96, ((0, NIGHT), (20, VIOLET), (40, PEACH), (63, PEACH)))
    for y, x in ((3, 50), (7, 61), (4, 73), (10, 83), (3, 91), (12, 53), (14, 70)):
        canvas[y, x] = WHITE
    glow(canvas, y=30, x=66, radius=15)
    paint(canvas, disc(canvas, y=30, x=66, radius=7.5), SUN)
    ridge(canvas, ((30, 36), (44, 20), (52, 29), (58, 25), (72, 40)), FAR, haze=3, snow=24)
    ridge(canvas, ((56, 42), (70, 33), (78, 37), (86, 27), (96, 36)), NEAR)
    lake(canvas, top=40, bottom=56, sun_x=66, ripple=2)
    shore(canvas, top=54, rng=rng)
    house(canvas, y=33, x=5, height=22, width=23, unit=1)
    lettering(canvas, "CONV", y=4, x=6)
    return canvas


def draw_large() -> Canvas:
    """480 × 320 pixels, the same place with more to see."""
    rng = np.random.default_rng(5)
    canvas = gradient(320, 480, ((0, NIGHT), (100, VIOLET), (200, PEACH), (319, PEACH)))
    for y, x in zip(rng.integers(4, 100, 60), rng.integers(4, 476, 60), strict=True):
        canvas[y, x] = WHITE
    glow(canvas, y=150, x=330, radius=75)
    paint(canvas, disc(canvas, y=150, x=330, radius=36), SUN)
    ridge(
        canvas, ((130, 190), (214, 96), (256, 142), (290, 118), (370, 205)), FAR, haze=5, snow=120
    )
    ridge(canvas, ((270, 210), (350, 164), (390, 186), (432, 130), (480, 178)), NEAR)
    lake(canvas, top=200, bottom=280, sun_x=330, ripple=5)
    shore(canvas, top=270, rng=rng)
    house(canvas, y=164, x=24, height=110, width=116, unit=4)
    write(canvas, "tuiconv", y=22, x=30, size=56)
    write(canvas, "multiply, add, write one cell", y=86, x=33, size=13)
    return canvas


def gradient(height: int, width: int, stops: Sequence[tuple[int, Colour]]) -> Canvas:
    """Colours blended from row to row between the stops (row, colour)."""
    rows = [row for row, _ in stops]
    columns = [np.interp(np.arange(height), rows, [c[i] for _, c in stops]) for i in range(3)]
    return np.repeat(np.stack(columns, axis=1)[:, None, :], width, axis=1)


def paint(canvas: Canvas, mask: Mask, colour: Colour) -> None:
    """Lay a colour over the canvas, as thick as the mask says."""
    canvas += mask[:, :, None] * (np.array(colour, dtype=np.float64) - canvas)


def grid(canvas: Canvas) -> tuple[Mask, Mask]:
    """The row and the column of every pixel."""
    rows, columns = np.mgrid[: canvas.shape[0], : canvas.shape[1]].astype(np.float64)
    return rows, columns


def disc(canvas: Canvas, y: float, x: float, radius: float) -> Mask:
    """A disc whose rim is smooth over one pixel."""
    rows, columns = grid(canvas)
    return np.clip(radius + 0.5 - np.sqrt((rows - y) ** 2 + (columns - x) ** 2), 0, 1)


def glow(canvas: Canvas, y: float, x: float, radius: float) -> None:
    """A light that fades with distance."""
    rows, columns = grid(canvas)
    far = ((rows - y) ** 2 + (columns - x) ** 2) / radius**2
    paint(canvas, 0.75 / (1 + far) ** 2, PEACH)


def ridge(
    canvas: Canvas,
    peaks: Sequence[tuple[int, int]],
    colour: Colour,
    haze: float = 1,
    snow: float | None = None,
) -> None:
    """Mountains through the points (column, row), blurred over `haze` rows, white above `snow`."""
    rows, columns = grid(canvas)
    top = np.interp(columns, [x for x, _ in peaks], [y for _, y in peaks], left=1e9, right=1e9)
    rock = np.clip((rows - top) / haze + 0.5, 0, 1)
    paint(canvas, rock, colour)
    if snow is not None:
        zigzag = np.abs(columns % 8 - 4) * canvas.shape[0] / 320
        paint(canvas, rock * np.clip(snow + zigzag - rows, 0, 1), SNOW)


def lake(canvas: Canvas, top: int, bottom: int, sun_x: int, ripple: int) -> None:
    """Water that mirrors the sun in a column of broken light, with ripples all over."""
    height, width = canvas.shape[:2]
    water = gradient(height, width, ((top, (150, 106, 130)), (bottom, (36, 46, 92))))
    rows, columns = grid(canvas)
    inside = (rows >= top) & (rows < bottom + height // 8)
    canvas[inside] = water[inside]
    depth = rows - top
    wave = depth // ripple
    crest = inside & (depth % ripple < ripple / 2)
    short = (columns + 5 * ripple * wave**2) % (9 * ripple) < 4 * ripple
    paint(canvas, 0.22 * (crest & short), WHITE)
    path = np.abs(columns - sun_x + ripple * (wave % 3 - 1)) < ripple * (1 + wave % 2) + depth * 0.4
    paint(canvas, 0.8 * (crest & path), SUN)


def shore(canvas: Canvas, top: int, rng: np.random.Generator) -> None:
    """Sand in front: a soft curve filled with noise."""
    rows, columns = grid(canvas)
    bay = (
        top
        + canvas.shape[0] / 16 * (((columns - canvas.shape[1] * 0.3) / canvas.shape[1]) * 2) ** 2
    )
    mask = np.clip(rows - bay + 0.5, 0, 1)
    grains = rng.integers(-26, 27, canvas.shape[:2])
    sand = np.array(SAND, dtype=np.float64) + grains[:, :, None]
    canvas += mask[:, :, None] * (sand - canvas)


def house(canvas: Canvas, y: int, x: int, height: int, width: int, unit: int) -> None:
    """Brick walls, a steep roof, a door and a lit window; a brick is 4 × 2 units."""
    rows, columns = grid(canvas)
    wall = (rows >= y) & (rows < y + height) & (columns >= x) & (columns < x + width)
    course = (rows - y) // (2 * unit)
    joint = ((rows - y) % (2 * unit) < max(1, unit // 3)) | (
        (columns - x + course % 2 * 2 * unit) % (4 * unit) < max(1, unit // 3)
    )
    paint(canvas, wall * 1.0, WALL)
    paint(canvas, (wall & joint) * 0.8, MORTAR)
    eaves = 2 * unit
    slope = np.abs(columns - (x + (width - 1) / 2)) - (width / 2 + eaves)
    paint(canvas, np.clip(0.5 - slope - 1.1 * (y + 0.5 - rows), 0, 1) * (rows <= y), ROOF)
    window = (slice(y + 4 * unit, y + 10 * unit), slice(x + 3 * unit, x + 10 * unit))
    canvas[window] = LIGHT
    canvas[window][:, 3 * unit : 4 * unit] = ROOF
    canvas[window][unit * 5 // 2 : unit * 7 // 2] = ROOF
    door = (
        slice(y + height - 11 * unit, y + height),
        slice(x + width - 9 * unit, x + width - 4 * unit),
    )
    canvas[door] = ROOF


def lettering(canvas: Canvas, text: str, y: int, x: int) -> None:
    """White letters of 5 × 7 single pixels."""
    for i, letter in enumerate(text):
        dots = np.array([[dot == "#" for dot in row] for row in LETTERS[letter]])
        canvas[y : y + 7, x + 6 * i : x + 6 * i + 5][dots] = WHITE


def write(canvas: Canvas, text: str, y: int, x: int, size: int) -> None:
    """Letters of the font that comes with Pillow."""
    page = Image.new("L", (canvas.shape[1], canvas.shape[0]))
    ImageDraw.Draw(page).text((x, y), text, fill=255, font=ImageFont.load_default(size))
    paint(canvas, np.asarray(page) / 255, WHITE)


if __name__ == "__main__":
    main()
