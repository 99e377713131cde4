"""A run made ready from settings: what of them reaches the network, the trainer and the data."""

import numpy as np
import pytest
from PIL import Image

from tuiconv import Network
from tuiconv.data.distortions import Distortions
from tuiconv.errors import RequestError, UserError
from tuiconv.nn.events import EpochDone, RunStart
from tuiconv.nn.running import TrainingError
from tuiconv.runs import job as module
from tuiconv.runs.job import Job
from tuiconv.runs.settings import (
    DataSettings,
    OptimizerSettings,
    ScheduleSettings,
    Settings,
)

TINY = "INPUT(1,32,32) -> FC(10) -> SOFTMAX"


def learned(**settings):
    job = Job(Settings(**{"net": TINY, "epochs": 1, "batch_size": 16, **settings}))
    events = list(job.events())
    return job.net.parameters.copy(), events


def test_settings_reach_the_trainer():
    job = Job(
        Settings(
            net=TINY,
            epochs=7,
            batch_size=16,
            threads=1,
            loss="squared",
            optimizer=OptimizerSettings("adam", 0.5, weight_decay=0.25, clip=2.0),
            schedule=ScheduleSettings("cosine"),
        )
    )
    start = next(job.events())
    assert isinstance(start, RunStart)
    assert (start.spec, start.epochs, start.batch_size, start.threads) == (TINY, 7, 16, 1)
    assert (start.optimizer, start.lr, start.momentum) == ("adam", 0.5, None)
    assert (start.weight_decay, start.clip) == (0.25, 2.0)
    assert (start.loss, start.schedule) == ("squared", "cosine")


@pytest.mark.parametrize(
    "settings",
    [
        {"seed": 1},
        {"loss": "squared"},
        {"loss": "svm"},
        {"initialiser": "he"},
        {"distortions": Distortions(shift=2.0)},
        {"optimizer": OptimizerSettings(momentum=0.5)},
        {"schedule": ScheduleSettings("cosine")},
        {"data": DataSettings(train=32)},
    ],
    ids=str,
)
def test_every_setting_makes_a_difference_and_the_same_ones_make_none(settings):
    plain, _ = learned()
    first, _ = learned(**settings)
    second, _ = learned(**settings)
    assert (first != plain).any()
    assert first.tobytes() == second.tobytes()


def test_the_run_ends_when_its_condition_holds():
    _, events = learned(epochs=5, until="train_loss < 100")
    assert (events[-1].epochs, events[-1].reason) == (1, "until")


def test_less_of_the_data_is_learned_and_tested():
    data = DataSettings(train=20, test=10, size=16)
    _, events = learned(net="digits-1989-net1", data=data)
    assert (events[0].train_images, events[0].test_images) == (20, 10)


def test_held_out_images_take_the_place_of_the_test_part():
    _, events = learned(data=DataSettings(held_out=24))
    assert (events[0].train_images, events[0].test_images) == (40, 24)
    assert events[0].test == "stroke training digits, held out"


def test_an_eleventh_class_needs_an_eleventh_output():
    data = DataSettings(none=0.5)
    with pytest.raises(RequestError, match="have 11 classes; the network has 10 outputs"):
        Job(Settings(net=TINY, data=data))
    job = Job(Settings(net="INPUT(1,32,32) -> FC(11) -> SOFTMAX", data=data))
    start = next(job.events())
    assert (start.train_images, start.test_images) == (128, 64)
    assert job.net.class_names[-1] == "none"


def test_a_network_that_does_not_fit_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr(module, "Network", None)
    with pytest.raises(RequestError, match="the network's INPUT is 3×224×224"):
        Job(Settings(net="vgg16"))


def test_more_than_there_is_is_refused():
    job = Job(Settings(net=TINY, data=DataSettings(train=65)))
    with pytest.raises(RequestError, match="train is 65; expected 1 to 64"):
        job.events()


def test_an_epochs_entry_has_the_health_of_the_network_as_it_is(monkeypatch):
    looked_at = []

    def examine(net, x, labels, loss):
        looked_at.append((net, x.shape, labels.shape, loss, float(x.mean())))
        return module_examine(net, x, labels, loss)

    module_examine = module.examine
    monkeypatch.setattr(module, "examine", examine)
    job = Job(Settings(net=TINY, epochs=1, loss="svm"))
    entries = [job.entry(event) for event in job.events()]
    (only,) = looked_at
    assert only[:4] == (job.net, (64, 1, 32, 32), (64,), "svm")
    assert abs(only[4]) < 3  # normalised
    told = [entry for entry in entries if "health" in entry]
    assert [entry["event"] for entry in told] == [EpochDone.event]


def test_data_at_a_path_are_read_once(folder, monkeypatch):
    rng = np.random.default_rng(2)
    images = rng.integers(0, 256, (24, 8, 8), np.uint8)
    np.savez("shapes.npz", images=images, labels=np.arange(24) % 2)
    read = []

    def counted(data, rng):
        read.append(data.name)
        return module_read(data, rng)

    module_read = module.read
    monkeypatch.setattr(module, "read", counted)
    _, events = learned(net="INPUT(1,8,8) -> FC(2) -> SOFTMAX", data=DataSettings("shapes.npz"))
    assert (events[0].train_images, events[0].test_images) == (20, 4)
    assert read == ["shapes.npz"]


def test_a_folder_of_pictures_names_the_classes(folder):
    for name in ("cat", "dog"):
        (folder / "pets" / name).mkdir(parents=True)
        for n in range(6):
            Image.new("L", (8, 8), 40 * n).save(folder / "pets" / name / f"{n}.png")
    job = Job(Settings(net="INPUT(1,8,8) -> FC(2)", data=DataSettings("pets")))
    assert job.net.class_names == ("cat", "dog")


def test_without_a_network_it_is_that_of_the_weights():
    Network.parse(TINY, 3).save("net.safetensors")
    job = Job(Settings(weights="net.safetensors"))
    assert (str(job.net.spec), job.settings.net) == (TINY, TINY)
    with pytest.raises(RequestError, match=r"weights net.safetensors are of INPUT\(1,32,32\)"):
        Job(Settings(weights="net.safetensors", net="lenet5"))


def test_what_is_wrong_with_the_files_is_told_as_soon_as_it_is_known(folder):
    (folder / "mnist").mkdir()
    job = Job(Settings(data=DataSettings("mnist", str(folder))))
    with pytest.raises(UserError, match="is missing"):
        job.events()


def test_weights_that_are_no_numbers_are_refused_before_anything_is_compiled():
    net = Network.parse(TINY)
    net.parameters[-1] = np.nan
    net.save("net.safetensors")
    with pytest.raises(
        TrainingError, match=r"1 of the 10 numbers in fc1\.bias are infinite or NaN"
    ):
        Job(Settings(weights="net.safetensors"))
