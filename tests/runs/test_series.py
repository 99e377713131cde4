from threading import Event

import numpy as np
import pytest

from tuiconv.errors import RequestError
from tuiconv.nn.running import TrainingError
from tuiconv.runs.job import Job
from tuiconv.runs.series import Outcome, Row, run_series, table
from tuiconv.runs.settings import (
    DataSettings,
    OptimizerSettings,
    SeriesSettings,
    Settings,
)

SMALL, WIDE = "INPUT(1,8,8) -> FC(10) -> SOFTMAX", "INPUT(1,8,8) -> FC(3) -> FC(10) -> SOFTMAX"


def settings(**changes):
    given = {
        "epochs": 2,
        "batch_size": 8,
        "data": DataSettings(size=8, train=20, test=10),
        "series": SeriesSettings((SMALL, WIDE), 2),
    }
    return Settings(**given | changes)


def outcome(net, seed, train, test, seconds=1.0):
    return Outcome(net, seed, 12, train, test, 3, seconds)


def test_every_network_learns_with_every_seed():
    outcomes = list(run_series(settings()))
    assert [(run.net, run.seed) for run in outcomes] == [
        (SMALL, 0),
        (WIDE, 0),
        (SMALL, 1),
        (WIDE, 1),
    ]
    assert [run.parameters for run in outcomes] == [650, 235, 650, 235]
    assert all(run.epochs == 2 and run.seconds > 0 for run in outcomes)


def test_all_networks_learn_the_same_images_of_a_seed_and_others_of_another(monkeypatch):
    learned = []

    class Watched(Job):
        def __init__(self, settings, splits):
            learned.append((settings.seed, splits.train.images, splits.test.images))
            super().__init__(settings, splits)

    monkeypatch.setattr("tuiconv.runs.series.Job", Watched)
    list(run_series(settings()))
    assert [seed for seed, *_ in learned] == [0, 0, 1, 1]
    for part in (1, 2):
        np.testing.assert_array_equal(learned[0][part], learned[1][part])
        assert not np.array_equal(learned[1][part], learned[2][part])


def test_a_series_gives_the_same_accuracies_again():
    def accuracies():
        return [(run.train_accuracy, run.test_accuracy) for run in run_series(settings())]

    assert accuracies() == accuracies()


def test_the_training_accuracy_is_that_of_the_network_at_the_end(monkeypatch):
    nets = []

    class Kept(Job):
        def __init__(self, settings, splits):
            super().__init__(settings, splits)
            nets.append((self.net, splits.train))

    monkeypatch.setattr("tuiconv.runs.series.Job", Kept)
    one = settings(net=SMALL, series=SeriesSettings())
    (run,) = run_series(one)
    ((net, train),) = nets
    right = net(net.preprocessing(train.images)).argmax(axis=1) == train.labels
    assert run.train_accuracy == right.mean()


def test_without_nets_the_runs_own_network_learns():
    outcomes = list(run_series(settings(net=WIDE, series=SeriesSettings(seeds=2))))
    assert [(run.net, run.seed) for run in outcomes] == [(WIDE, 0), (WIDE, 1)]


def test_a_row_has_the_means_and_deviations_of_its_runs():
    rows = table(
        [
            outcome("b", 0, 1.0, 0.75, seconds=1),
            outcome("a", 0, 0.5, 0.25),
            outcome("b", 1, 0.5, 0.25, seconds=4),
        ]
    )
    assert rows == [
        Row("b", 12, 2, 0.75, 0.25, 0.5, 0.25, 3, 2.5),
        Row("a", 12, 1, 0.5, 0, 0.25, 0, 3, 1),
    ]


def test_a_network_that_does_not_fit_is_refused_before_any_run():
    series = SeriesSettings((SMALL, "INPUT(1,9,9) -> FC(10) -> SOFTMAX"))
    with pytest.raises(RequestError, match="are 1×8×8 images; the network's INPUT is 1×9×9"):
        next(run_series(settings(series=series)))


def test_a_series_keeps_no_networks():
    with pytest.raises(RequestError, match=r'^output is "here"; a series keeps no networks'):
        next(run_series(settings(output="here")))


def test_a_cancelled_series_ends_with_the_runs_that_were_done():
    cancel = Event()
    runs = run_series(settings(), cancel)
    assert next(runs).net == SMALL
    cancel.set()
    assert list(runs) == []


@pytest.mark.filterwarnings("ignore:overflow encountered", "ignore:invalid value")
def test_a_run_that_diverges_is_named():
    diverging = settings(optimizer=OptimizerSettings(lr=1e30), loss="squared")
    with pytest.raises(TrainingError) as caught:
        list(run_series(diverging))
    assert str(caught.value).startswith(f"{SMALL}, seed 0: the loss is ")


def test_a_wrong_network_or_number_of_seeds_is_refused():
    with pytest.raises(RequestError, match="FOO"):
        SeriesSettings(("INPUT(1,8,8) -> FOO",))
    with pytest.raises(RequestError, match="seeds is 0; expected a whole number of at least 1"):
        SeriesSettings(seeds=0)
