from threading import Event

import numpy as np
import pytest

from tuiconv.data.dataset import DataError
from tuiconv.errors import UserError
from tuiconv.lessons.scene import Bars, Curve, Maps
from tuiconv.tui.session import TrainingSession

TRAIN, TEST = 128, 16
BATCHES = TRAIN // 64


@pytest.fixture
def cancel() -> Event:
    return Event()


@pytest.fixture
def new(cancel):
    def build(data: str = "strokes", lr: float = 0.02) -> TrainingSession:
        return TrainingSession("lenet5", data, lr, cancel)

    return build


@pytest.fixture
def session(new) -> TrainingSession:
    return new()


def arrays(frame) -> list[np.ndarray]:
    return [p.maps if isinstance(p, Maps) else p.values for p in frame.scene.panels]


def test_a_new_session_is_paused_untrained_and_looks_at_the_first_test_digit(session):
    frame = session.frame()
    assert not session.going
    assert (frame.playing, frame.last, frame.tested) == (False, None, None)
    assert (frame.data, frame.lr, frame.digit, frame.digits) == ("strokes", 0.02, 0, TEST)
    curve, bars, *_ = frame.scene.panels
    assert len(curve.values) == 0
    assert bars.marked == session.test.labels[0]


def test_a_frame_has_the_maps_of_every_layer(session):
    maps = [panel for panel in session.frame().scene.panels if isinstance(panel, Maps)]
    assert [(panel.title.split()[0], panel.maps.shape) for panel in maps] == [
        ("digit", (1, 32, 32)),
        ("conv1", (6, 28, 28)),
        ("relu1", (6, 28, 28)),
        ("pool1", (6, 14, 14)),
        ("conv2", (16, 10, 10)),
        ("relu2", (16, 10, 10)),
        ("pool2", (16, 5, 5)),
        ("fc1", (120, 1, 1)),
        ("relu3", (120, 1, 1)),
        ("fc2", (84, 1, 1)),
        ("relu4", (84, 1, 1)),
        ("fc3", (10, 1, 1)),
    ]
    assert [panel.grey for panel in maps] == [True] + [False] * 11


def test_the_digits_probabilities_add_up_to_one(session):
    for digit in range(TEST):
        session.look_at(digit)
        session.one_batch()
        (bars,) = (panel for panel in session.frame().scene.panels if isinstance(panel, Bars))
        assert bars.values.sum() == pytest.approx(1, abs=1e-5)


def test_one_batch_learns_once_and_pauses(session):
    session.playing = True
    session.one_batch()
    frame = session.frame()
    assert not session.going
    assert (frame.last.epoch, frame.last.batch, frame.last.batches) == (1, 1, BATCHES)
    assert session.losses == [frame.last.loss]


def test_after_the_last_batch_of_an_epoch_the_test_digits_are_read(session):
    session.playing = True
    for _ in range(BATCHES):
        session.advance()
    assert session.frame().tested is None
    session.advance()
    tested = session.frame().tested
    assert tested.epoch == 1
    assert tested.test_accuracy * TEST == pytest.approx(round(tested.test_accuracy * TEST))
    assert len(session.losses) == BATCHES
    assert session.going


def test_one_batch_goes_past_the_end_of_an_epoch(session):
    for _ in range(BATCHES + 1):
        session.one_batch()
    assert (session.last.epoch, session.last.batch) == (2, 1)
    assert session.tested.epoch == 1


def test_the_digits_are_counted_round(session):
    session.look_at(-1)
    assert session.frame().digit == TEST - 1
    session.look_at(session.digit + 1)
    assert session.frame().digit == 0


def test_a_frame_shows_the_digit_that_is_looked_at(session):
    session.look_at(5)
    _, bars, digit, *_ = session.frame().scene.panels
    np.testing.assert_array_equal(digit.maps, session.test.images[5])
    assert bars.marked == session.test.labels[5]


def test_another_learning_rate_holds_from_the_next_batch_on(session):
    session.one_batch()
    session.trainer.lr = 0.5
    assert session.frame().lr == 0.5
    assert session.last.lr == 0.02
    session.one_batch()
    assert session.last.lr == 0.5


def test_later_training_does_not_change_a_frame(session):
    session.one_batch()
    frame = session.frame()
    before = [array.copy() for array in arrays(frame)]
    for _ in range(3):
        session.one_batch()
    for array, copy in zip(arrays(frame), before, strict=True):
        np.testing.assert_array_equal(array, copy)
    assert len(frame.scene.panels[0].values) == 1
    after = session.frame()
    assert not np.array_equal(arrays(after)[3], before[3])  # conv1 did learn


def test_a_session_begun_anew_has_the_same_digits_and_the_same_losses(new):
    first, second = new(), new()
    np.testing.assert_array_equal(first.train.images, second.train.images)
    for session in (first, second):
        for _ in range(BATCHES + 1):
            session.one_batch()
    assert first.losses == second.losses


def test_the_loss_curve_has_every_batch_so_far(session):
    for _ in range(3):
        session.one_batch()
    (curve,) = (panel for panel in session.frame().scene.panels if isinstance(panel, Curve))
    assert curve.values.tolist() == session.losses
    assert len(session.losses) == 3


def test_training_pauses_when_the_program_ends(session, cancel):
    session.playing = True
    session.advance()
    cancel.set()
    while session.going:
        session.advance()
    assert len(session.losses) == 1


def test_a_diverged_run_says_what_to_do_and_pauses(session):
    session.playing = True
    session.net.parameters.fill(np.nan)
    with pytest.raises(UserError, match=r"try a learning rate below 0\.02"):
        session.advance()
    assert not session.going
    assert np.isnan(session.frame().scene.panels[1].values).all()


def test_a_diverged_run_says_so_again_when_it_is_asked_to_go_on(session):
    session.net.parameters.fill(np.nan)
    for _ in range(2):
        session.playing = True
        with pytest.raises(UserError):
            session.advance()
        assert not session.going
    with pytest.raises(UserError):
        session.one_batch()


def test_missing_data_is_named_when_the_session_is_made(new):
    with pytest.raises(DataError, match="no folder mnist/"):
        new("mnist")
