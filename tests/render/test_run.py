from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.lessons.curves import moving_mean
from tuiconv.nn.events import BatchDone, EpochDone, RunEnd, RunStart
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.run import run_lines
from tuiconv.runs.alerts import Alert
from tuiconv.runs.watch import History

PLAIN = Display(ColorDepth.NONE, unicode=True)
ASCII = Display(ColorDepth.NONE, unicode=False)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]
ABOUT = "INPUT(1,8,8) -> FC(3) -> SOFTMAX\n195 parameters; 1,600 training bars"
START = RunStart(
    spec="INPUT(1,8,8) -> FC(3)",
    parameters=195,
    train="training bars",
    train_images=1600,
    test="test bars",
    test_images=400,
    epochs=4,
    batches=50,
    batch_size=32,
    optimizer="sgd",
    lr=0.1,
    momentum=0.9,
    weight_decay=0.0,
    clip=None,
    schedule="constant",
    loss="cross_entropy",
    threads=2,
)
EPOCH = EpochDone(1, 4, 0.5, 0.8, 0.25, 0.9, 3.0)
END = RunEnd(4, 0.8, 125, 800.0, "epochs")
DEAD = Alert("dead_units", "units of relu2 (100%) are 0: steps were too large; try lr = 0.01")


def history_of(steps=75, *, end=None, start=START, losses=None):
    """A run whose loss falls from 2 by a hundredth a step, 50 an epoch."""
    history = History()
    history.take(start)
    for i in range(steps):
        loss = 2 - i / 100 if losses is None else losses[i]
        history.take(BatchDone(1 + i // 50, 1 + i % 50, 50, loss, 0.5, 0.1, 800.0))
        if i % 50 == 49:
            epoch = 1 + i // 50
            history.take(replace(EPOCH, epoch=epoch, seconds=3.0 * epoch))
    if end is not None:
        history.take(end)
    return history


def drawn(history, found=(), footer="", width=80, height=24, display=PLAIN):
    lines = run_lines(history, ABOUT, found, footer, width, height, display)
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def test_the_lines_above_the_curves():
    # 75 of 200 steps; 3 s an epoch, so 2.5 · 3 s are left; the losses of the last ten are
    # 2 − 0.65 … 2 − 0.74, in the mean 1.305
    assert drawn(history_of(75))[:5] == [
        "INPUT(1,8,8) -> FC(3) -> SOFTMAX",
        "195 parameters; 1,600 training bars",
        f"epoch 2 of 4 {'█' * 15}{'░' * 25} 38%, about 8 s left",
        "last 10 batches: loss 1.305, accuracy 50.0%; lr 0.1; 800 images/s",
        "epoch 1: test accuracy 90.00%, loss 0.25; training 80.00%, loss 0.5",
    ]


def test_what_has_not_happened_yet_is_left_out():
    assert drawn(history_of(0), height=5) == [
        "INPUT(1,8,8) -> FC(3) -> SOFTMAX",
        "195 parameters; 1,600 training bars",
        f"epoch 1 of 4 {'░' * 40} 0%, begins",
        "nothing looks wrong",
    ]
    assert drawn(history_of(3), height=6)[3].startswith("last 3 batches: loss 1.99, ")
    assert drawn(history_of(1), height=6)[3].startswith("last batch: loss 2, ")


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("epochs", "ended: all epochs are done"),
        ("until", "ended: its condition holds"),
        ("cancelled", "ended: stopped by hand"),
        ("diverged", "ended: the loss is no number any more"),
    ],
)
def test_a_run_that_has_ended_says_why_and_after_how_long(reason, text):
    line = drawn(history_of(75, end=replace(END, reason=reason)), width=100)[2]
    assert line.endswith(f" 38%, {text}, after 2 min 5 s")


def test_the_best_epoch_has_a_line_unless_it_is_the_last():
    history = history_of(50)
    assert not any(line.startswith("best") for line in drawn(history))
    history.take(replace(EPOCH, epoch=2, test_accuracy=0.7))
    assert "best: test accuracy 90.00% after epoch 1" in drawn(history)


def test_the_curves_stand_beside_each_other_under_their_names():
    lines = drawn(history_of(150))
    row = next(i for i, line in enumerate(lines) if line.startswith("loss by epoch, log scale"))
    assert lines[row].endswith("accuracy in % by epoch")
    for name in ("batch", "mean 10", "test", "training"):
        assert name in lines[row + 1]
    assert lines[row + 2].lstrip().startswith("2.")
    assert " 100 ┤" in lines[row + 2]
    assert lines[-2].split() == ["└0", "3", "└0", "3"]
    assert any("\u2800" < sign <= "\u28ff" for sign in "".join(lines))


def test_the_accuracies_are_drawn_from_just_below_those_of_the_epochs():
    lines = drawn(history_of(150))
    bottom = next(line for line in reversed(lines) if "┤" in line)
    assert " 74 ┤" in bottom  # below 80 % by a quarter of the 20 % that are left
    lines = drawn(history_of(25))
    bottom = next(line for line in reversed(lines) if "┤" in line)
    assert " 37 ┤" in bottom  # before the first epoch, from just below the 50 % of the batches


def test_a_mean_is_that_of_the_last_batches_or_of_as_many_as_there_are():
    values = np.array([1.0, 2.0, 4.0, 9.0])
    assert moving_mean(values, 2, np.array([0, 1, 3])).tolist() == [1.0, 1.5, 6.5]


def test_in_ascii_everything_is_ascii():
    lines = drawn(history_of(150), [DEAD], "Ctrl-C", display=ASCII)
    assert "".join(lines).isascii()
    assert "#" * 30 + "-" * 10 in lines[2]


def test_a_loss_that_hardly_changes_looks_flat():
    def rows(losses):
        lines = drawn(history_of(40, losses=losses), height=24, display=ASCII)
        chart = [line[:43].split("+")[-1].split("|")[-1] for line in lines[6:-2]]
        return [row for row, text in enumerate(chart) if "o" in text]

    assert len(rows([2.30 + 0.01 * (i % 2) for i in range(40)])) <= 2
    assert len(rows([2.0 * 0.9**i for i in range(40)])) > 10


def test_a_loss_of_zero_or_a_huge_one_is_drawn():
    for losses in ([0.0] * 40, [1e300] * 40, [2.0, 0.0] * 20):
        assert len(drawn(history_of(40, losses=losses))) > 10


def test_alerts_are_wrapped_under_their_kind():
    lines = drawn(history_of(75), [DEAD], width=50)
    first = lines.index("! dead units: units of relu2 (100%) are 0: steps")
    assert lines[first + 1] == "  were too large; try lr = 0.01"
    assert "nothing looks wrong" not in lines


def test_where_there_is_no_room_the_curves_go_first_and_the_alerts_stay():
    lines = drawn(history_of(75), [DEAD] * 3, "Ctrl-C ends watching", height=12)
    assert "loss by epoch, log scale" not in "".join(lines)
    assert sum(line.startswith("! dead units") for line in lines) == 3
    assert lines[-1] == "Ctrl-C ends watching"


def test_a_name_of_wide_signs_takes_no_more_than_its_line():
    for about in ("数" * 60, "net\n" + "数" * 60):
        lines = run_lines(history_of(9), about, [replace(DEAD, text="数" * 90)], "", 50, 24, PLAIN)
        assert all(line_width(line) <= 50 for line in lines)


def test_in_many_lines_there_is_space_between_the_parts():
    assert "" not in drawn(history_of(75), height=29)
    assert drawn(history_of(75), height=30).count("") == 3


def test_a_long_network_is_cut_and_its_data_wrapped():
    about = "INPUT(1,8,8) -> " + "FC(3) -> " * 20 + "SOFTMAX\n" + "many parameters " * 20
    lines = run_lines(history_of(9), about, [], "", 60, 24, PLAIN)
    texts = ["".join(segment.text for segment in line) for line in lines]
    assert texts[0].endswith("…")
    assert len(texts[0]) == 60
    assert texts[1].startswith("many")
    assert texts[2].startswith("  parameters many")
    assert texts[3].startswith("epoch 1 of 4")


@given(
    st.integers(20, 200),
    st.integers(3, 60),
    st.sampled_from(DISPLAYS),
    st.integers(0, 3),
    st.sampled_from([0, 1, 60, 200]),
    st.sampled_from([None, END]),
)
def test_it_never_takes_more_than_it_is_given(width, height, display, alerts, steps, end):
    lines = run_lines(
        history_of(steps, end=end), ABOUT, [DEAD] * alerts, "Ctrl-C", width, height, display
    )
    assert len(lines) <= height
    assert all(line_width(line) <= width for line in lines)
