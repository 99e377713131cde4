"""A run that is small enough for tests: forty digits, batches of eight, two maps."""

from dataclasses import replace

import pytest

from tuiconv.data import load
from tuiconv.lessons.training.lesson import TrainingLesson
from tuiconv.lessons.training.view import TrainingView

NET = "INPUT(1,32,32) -> CONV(2,5,stride=3) -> RELU -> POOL(2) -> FC(10) -> SOFTMAX"
TRAIN, TEST = 40, 20
BATCH = 8
FIRST = TrainingView(net=NET, batch_size=BATCH)


@pytest.fixture(autouse=True)
def few_digits(monkeypatch, tmp_path):
    monkeypatch.setattr(load, "STROKES_TRAIN", TRAIN)
    monkeypatch.setattr(load, "STROKES_TEST", TEST)
    monkeypatch.setattr(load, "user_data_path", lambda name: tmp_path / name)
    monkeypatch.delenv("TUICONV_DATA_DIR", raising=False)


class Learner:
    """A lesson and the view of it, as a screen has them."""

    def __init__(self, view: TrainingView = FIRST) -> None:
        self.lesson = TrainingLesson(view)
        self.view = self.lesson.settled(view)

    @property
    def net(self):
        return self.lesson.stepper.net

    def does(self, way, *more, **other):
        """Go a way of the lesson; returns the scene."""
        self.view = self.lesson.settled(getattr(self.lesson, way)(self.view, *more, **other))
        return self.lesson.scene(self.view)

    def steps(self, grain, count):
        """Several steps; returns the scene after the last."""
        return [self.does("stepped", grain) for _ in range(count)][-1]

    @property
    def read(self) -> str:
        """All that is to be read in the scene."""
        scene = self.lesson.scene(self.view)
        parts = [scene.title]
        for panel in scene.leaves:
            parts += [panel.title, *getattr(panel, "lines", ())]
            parts += ["  ".join(row) for row in getattr(panel, "rows", ())]
        return "\n".join(parts)

    def panel(self, kind, number=0):
        """One of the scene's panels of a kind."""
        leaves = self.lesson.scene(self.view).leaves
        return [each for each in leaves if isinstance(each, kind)][number]


@pytest.fixture
def make():
    """A learner in front of a lesson, with some settings of the view."""
    return lambda **other: Learner(replace(FIRST, **other))


@pytest.fixture
def learner(make) -> Learner:
    return make()
