"""What drawing a screen full of maps takes of the UI thread, in its own time on the processor.

Outside the normal test run, on a machine that has nothing else to do:

    pytest -n 0 -s tests/benchmarks/test_drawing.py
"""

from statistics import median
from time import thread_time

import numpy as np
import pytest
from textual.app import App

from tuiconv.lessons.scene import Columns, Map, Maps, Scene, Table
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.tui.widgets.scene_view import SceneView

SIZE = WIDTH, HEIGHT = 200, 60
FRAMES = 40
TABLE = Table("layers", ("layer", "learns"), (("conv1", "156"), ("conv2", "2,416")), 1, "layers")


class Alone(App[None]):
    """The view without a network."""

    def __init__(self, display):
        super().__init__()
        self.shown_on = display

    def compose(self):
        yield SceneView(self.shown_on)


def noise(rng):
    """No two neighbours alike: the most segments there can be."""
    return Scene("noise", (Map("map", rng.standard_normal((112, 190))),))


def smooth(rng):
    y, x = np.mgrid[:112, :190]
    return Scene("smooth", (Map("map", np.sin(x / 20 + rng.random()) * np.cos(y / 15)),))


def wall(rng):
    maps = Maps("relu1", np.maximum(rng.standard_normal((16, 28, 28)), 0), key="maps")
    return Scene("wall", (Columns(((TABLE,), (maps,))),))


@pytest.mark.parametrize("depth", [ColorDepth.TRUECOLOR, ColorDepth.EIGHT_BIT, ColorDepth.NONE])
@pytest.mark.parametrize("scene", [noise, smooth, wall])
async def test_a_full_frame_takes_8_ms(scene, depth):
    rng, times = np.random.default_rng(0), []
    app = Alone(Display(depth))
    async with app.run_test(size=SIZE) as pilot:
        view = app.query_one(SceneView)
        for _ in range(FRAMES):
            frame = scene(rng)
            await pilot.pause(0)
            begin = thread_time()
            view.show(frame)
            for y in range(HEIGHT):
                view.render_line(y)
            times.append(1e3 * (thread_time() - begin))
    first, *others = times
    print(
        f"\n{scene.__name__}, {depth.value}: median {median(others):.1f} ms, first {first:.1f} ms"
    )
    assert median(others) <= 8
