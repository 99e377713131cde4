from array import array

from tuiconv.nn.events import BatchDone, EpochDone
from tuiconv.runs.alerts import alerts
from tuiconv.runs.stepping import record as module
from tuiconv.runs.stepping.record import EpochTested, Record


def add(record, batches, loss=float):
    for n in batches:
        if record.wants(n):
            record.learned(n, n / 10, BatchDone(1, n, 10, loss(n), 0.5, 0.1, 1000.0))


def after_epoch(epoch):
    return EpochTested(10 * epoch, EpochDone(epoch, 9, 1.0, 0.5, float(epoch), 0.5, 1.0), None)


def test_every_batch_is_kept_where_there_are_few():
    record = Record()
    add(record, range(1, 6))
    history = record.history(5)
    assert history.losses == array("d", [1, 2, 3, 4, 5])
    assert history.at == array("d", [0.1, 0.2, 0.3, 0.4, 0.5])
    assert history.forgotten == 0


def test_of_many_every_second_fourth_and_so_on_is_kept_besides_the_first_ten(monkeypatch):
    monkeypatch.setattr(module, "MOST", 20)
    record = Record()
    add(record, range(1, 65))
    kept = [*range(1, 11), *range(16, 65, 8)]
    assert record.history(64).losses.tolist() == kept
    assert (record.history(64).forgotten, record.history(64).every) == (64 - len(kept), 8)
    add(record, range(65, 10_000))
    assert len(record.history(9_999).losses) <= 20
    assert record.history(9_999).losses[:10].tolist() == [*range(1, 11)]


def test_only_what_is_not_after_a_batch_is_told():
    record = Record()
    add(record, range(1, 31))
    for epoch in (1, 2, 3):
        record.tested(after_epoch(epoch))
    history = record.history(20)
    assert (len(history.losses), len(history.epochs)) == (20, 2)
    assert [len(record.history(n).epochs) for n in (9, 10, 29, 30)] == [0, 1, 2, 3]


def test_what_comes_again_changes_nothing_and_what_is_forgotten_may_become_something_else():
    record = Record()
    add(record, range(1, 31))
    record.tested(after_epoch(1))
    add(record, range(20, 31), loss=lambda n: -1.0)
    record.tested(after_epoch(1))
    assert record.history(30).losses.tolist() == [*range(1, 31)]
    assert len(record.tests) == 1
    record.forget_after(9)
    add(record, range(10, 12), loss=lambda n: -1.0)
    assert record.history(30).losses.tolist() == [*range(1, 10), -1, -1]
    assert record.tests == []


def test_epochs_are_bounded_too_and_the_last_is_always_there(monkeypatch):
    monkeypatch.setattr(module, "MOST", 20)
    record = Record()
    for epoch in range(1, 200):
        record.tested(after_epoch(epoch))
        assert record.tests[-1].epoch.epoch == epoch
        assert len(record.tests) <= 21
    epochs = [test.epoch.epoch for test in record.tests]
    assert epochs == [*range(1, 11), *range(32, 199, 32), 199]


def test_an_alert_counts_the_batches_that_are_not_kept(monkeypatch):
    monkeypatch.setattr(module, "MOST", 200)
    record = Record()
    add(record, range(1, 1001), loss=lambda n: 2.3)
    from dataclasses import replace

    from tuiconv.nn.events import RunStart

    start = RunStart(
        "INPUT(1,8,8) -> FC(3)", 1, "a", 1, "b", 1, 9, 10, 1, "sgd", 0.1, 0.9, 0.0, None,
        "constant", "cross_entropy", 1,
    )  # fmt: skip
    last = BatchDone(1, 10, 10, 2.3, 0.1, 0.1, 1.0)
    (alert,) = alerts(replace(record.history(1000), start=start, last=last))
    assert alert.kind == "loss_not_falling"
    assert "after 1,000 batches" in alert.text
