from array import array

import numpy as np

from tuiconv.lessons.curves import losses
from tuiconv.nn.events import BatchDone
from tuiconv.runs.watch import History


def test_the_mean_tells_over_how_many_batches_it_is_where_only_some_are_kept():
    # every fourth batch of 20 epochs of 20: ten of them were taken in a time of forty
    at = np.arange(4, 401, 4) / 20
    curve = array("d", np.arange(4.0, 401, 4))
    last = BatchDone(20, 20, 20, 400.0, 0.5, 0.1, 800.0)
    history = History(at=array("d", at), losses=curve, accuracies=curve, last=last, every=4)
    _, mean, _ = losses(history).series
    assert mean.label == "mean 40"
    assert mean.y[-1] == np.mean([400, 396, 392, 388, 384, 380, 376, 372, 368, 364])


def test_before_the_first_batch_the_chart_says_that_there_is_none():
    assert losses(History()).title == "loss: no batch yet"
