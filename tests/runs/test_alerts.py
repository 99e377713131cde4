from dataclasses import replace

import pytest

from tuiconv.nn.events import BatchDone, EpochDone, Health, RunEnd, RunStart
from tuiconv.runs.alerts import Alert, alerts, smoothing
from tuiconv.runs.watch import History

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
EPOCH = EpochDone(1, 4, 0.5, 0.8, 0.5, 0.8, 3.0)
END = RunEnd(4, 0.8, 12.5, 800.0, "epochs")
WELL = Health(gradient_norm=1.0, dead_units={"relu1": 0.1}, constant_output=False)


def history_of(losses=(), epochs=(), health=None, end=None, accuracy=0.3, start=START):
    """A run of some batches and epochs; `health` after the last of these."""
    history = History()
    history.take(start)
    for i, loss in enumerate(losses):
        history.take(BatchDone(1 + i // 50, 1 + i % 50, 50, loss, accuracy, start.lr, 800.0))
    for i, changes in enumerate(epochs, start=1):
        history.take(replace(EPOCH, epoch=i, **changes), health)
    if end is not None:
        history.take(end)
    return history


def the_only(history, silent=0.0):
    (alert,) = alerts(history, silent)
    return alert


def kinds(history):
    return [alert.kind for alert in alerts(history)]


FALLING = [2.0 * 0.97**i for i in range(200)]


@pytest.mark.parametrize(
    "history",
    [
        History(),
        history_of(),
        history_of(FALLING[:1]),
        history_of(FALLING, accuracy=0.9),
        history_of(FALLING, [{}], WELL),
        history_of(FALLING, [{}], WELL, END),
        history_of([], [{}]),
    ],
)
def test_a_run_that_is_well_has_none(history):
    assert alerts(history) == []


def test_a_run_that_diverged_is_told_when_and_what_to_try():
    end = replace(END, reason="diverged", epochs=1, test_accuracy=None)
    assert the_only(history_of(FALLING[:57], end=end)) == Alert(
        "diverged",
        "the loss is no finite number after batch 7 of epoch 2: the steps are too large; try"
        " lr = 0.01 or clip = 1",
    )


def test_a_loss_that_is_no_number_at_once_is_the_weights_fault():
    end = replace(END, reason="diverged", epochs=0, test_accuracy=None)
    assert "before any step: the weights it began with" in the_only(history_of(end=end)).text


def test_where_gradients_are_clipped_clipping_is_not_advised():
    end = replace(END, reason="diverged")
    history = history_of(FALLING[:1], end=end, start=replace(START, clip=5.0, lr=3.0))
    assert the_only(history).text.endswith("try lr = 0.02")  # a tenth of 3 is large too


@pytest.mark.parametrize(
    ("norm", "found"), [(None, "of no finite length"), (1234.5, "1,234 long"), (100.1, "100 long")]
)
def test_a_gradient_that_is_very_long_explodes(norm, found):
    alert = the_only(history_of(epochs=[{}], health=replace(WELL, gradient_norm=norm)))
    assert alert.kind == "exploding_gradient"
    assert f"the gradient is {found}, where 0.1 to 10 is usual" in alert.text


def test_a_gradient_of_a_hundred_does_not_yet():
    assert alerts(history_of(epochs=[{}], health=replace(WELL, gradient_norm=100.0))) == []


def test_a_loss_that_rises_says_so_within_the_first_epoch():
    history = history_of([2.0] * 10 + [3.1] * 10)
    assert the_only(history) == Alert(
        "exploding_gradient",
        "the loss has risen from 2 to 3.1: the steps are too large; try lr = 0.01 or clip = 1",
    )
    assert alerts(history_of([2.0] * 10 + [2.9] * 10)) == []


def test_a_low_loss_may_waver():
    assert alerts(history_of([0.01] * 10 + [0.03] * 10, accuracy=0.99)) == []


def test_units_of_a_relu6_may_be_dead_at_either_end():
    dead = {"relu1": 0.5, "relu6_1": 0.6}
    alert = the_only(history_of(epochs=[{}], health=replace(WELL, dead_units=dead)))
    assert alert.text.startswith("units of relu1 (50%), relu6_1 (60%) are 0 or 6 for every image")


def test_layers_of_dead_units_are_listed_with_their_share():
    dead = {"relu1": 0.3, "relu2": 0.31, "shrink1": 1.0}
    alert = the_only(history_of(epochs=[{}], health=replace(WELL, dead_units=dead)))
    assert alert.kind == "dead_units"
    assert alert.text.startswith("units of relu2 (31%), shrink1 (100%) are 0 for every image")
    assert "try lr = 0.01" in alert.text


def test_saturated_units_have_another_cause():
    dead = {"tanh1": 0.5, "relu1": 0.0}
    alert = the_only(history_of(epochs=[{}], health=replace(WELL, dead_units=dead)))
    assert alert.text.startswith("units of tanh1 (50%) are at their limits for every image")
    assert "weights are too large" in alert.text


def test_a_constant_output_names_the_layer_that_nothing_passes():
    health = Health(0.1, {"relu1": 0.2, "relu2": 1.0, "relu3": 1.0}, constant_output=True)
    dead, constant = alerts(history_of(epochs=[{}], health=health))
    assert (dead.kind, constant.kind) == ("dead_units", "constant_output")
    assert "nothing of an image passes relu2, where all units are dead" in constant.text


def test_a_constant_output_without_dead_units_has_another_cause():
    alert = the_only(history_of(epochs=[{}], health=replace(WELL, constant_output=True)))
    assert "or the images hardly differ" in alert.text


def test_a_loss_that_does_not_fall_is_noticed_after_a_hundred_batches():
    history = history_of([2.31] * 10 + [2.28] * 90)
    assert the_only(history) == Alert(
        "loss_not_falling",
        "the loss was 2.31 and is 2.28 after 100 batches: the learning rate (0.1) does not suit"
        " the network, or the labels are not those of the images; try lr = 1, then 0.01",
    )
    assert alerts(history_of([2.31] * 10 + [2.28] * 89)) == []
    assert alerts(history_of([2.31] * 10 + [2.05] * 90)) == []


def test_a_loss_that_stays_low_has_nothing_to_fall_to():
    assert alerts(history_of([0.05] * 200, accuracy=0.99)) == []


def test_one_cause_is_enough_for_a_loss_that_does_not_fall():
    dead = replace(WELL, dead_units={"relu1": 1.0})
    assert kinds(history_of([2.3] * 100, [{}], dead)) == ["dead_units"]


def test_images_learned_by_heart_show_in_the_accuracies():
    gap = {"train_accuracy": 0.991, "test_accuracy": 0.93}
    alert = the_only(history_of(epochs=[gap]))
    assert alert.kind == "overfitting"
    assert alert.text.startswith(
        "99.1% of the training images are read right, but 93.0% of the test images: the network"
        " learns its images by heart; try "
    )
    assert alerts(history_of(epochs=[gap, {}])) == []
    assert alerts(history_of(epochs=[{"train_accuracy": 0.99, "test_accuracy": 0.95}])) == []


def test_images_learned_by_heart_show_in_a_test_loss_that_rises_again():
    epochs = [
        {"train_loss": 0.5, "test_loss": 0.4},
        {"train_loss": 0.3, "test_loss": 0.2},
        {"train_loss": 0.1, "test_loss": 0.25, "train_accuracy": 0.82},
    ]
    alert = the_only(history_of(epochs=epochs))
    assert "lowest after epoch 2 (0.2) and is 0.25, while the training loss falls" in alert.text
    epochs[-1]["train_loss"] = 0.4  # then it is not the images' fault
    assert alerts(history_of(epochs=epochs)) == []


def test_a_silent_log_says_for_how_long_until_the_run_has_ended():
    assert alerts(history_of(FALLING), silent=59) == []
    alert = the_only(history_of(FALLING), silent=150)
    assert alert.kind == "silent"
    assert "no new line for 2 min 30 s" in alert.text
    assert alerts(history_of(FALLING, end=END), silent=150) == []


def test_a_line_that_could_not_be_read_is_told():
    history = history_of(FALLING)
    history.read(["hello"], "run.jsonl")
    alert = the_only(history)
    assert alert.kind == "unreadable"
    assert alert.text.startswith("line 1: 'hello' is no JSON object; it is passed over")


def test_what_is_gravest_comes_first():
    health = Health(None, {"relu1": 1.0, "tanh1": 0.5}, constant_output=True)
    history = history_of([2.3] * 100, [{"train_accuracy": 0.9}], health)
    history.unreadable = "line 3: wrong"
    assert kinds(history) == [
        "exploding_gradient",
        "dead_units",
        "dead_units",
        "constant_output",
        "overfitting",
        "unreadable",
    ]


def test_every_alert_is_one_sentence_on_one_line():
    health = Health(500.0, {"relu1": 1.0, "tanh1": 0.5}, constant_output=True)
    for alert in alerts(history_of([2.3] * 100, [{"train_accuracy": 0.9}], health), silent=1e6):
        assert not {"\n", ". "} & set(alert.text)
        assert ": " in alert.text


def test_losses_are_averaged_over_a_tenth_of_an_epoch_or_ten_batches():
    assert [smoothing(batches) for batches in (1, 100, 938)] == [10, 10, 93]
