import numpy as np
import pytest

from tuiconv.data.distortions import Distortions
from tuiconv.errors import RequestError
from tuiconv.nn import augmentation
from tuiconv.nn.events import BatchDone
from tuiconv.nn.training import Trainer

SHAKEN = Distortions(shift=1, rescale=0.1, elastic=0.5, sides=0.3)


def trained(net, problem, epochs=3, **options):
    """A network after a run, and its losses."""
    trainer = Trainer(net, lr=0.1, batch_size=8, **options)
    events = list(trainer.run(*problem, epochs))
    return net.parameters.copy(), [event.loss for event in events if isinstance(event, BatchDone)]


class Recorder:
    """Changes nothing, and keeps what came: how many images, and the Generator's first number."""

    def __init__(self):
        self.seen = {}

    def __call__(self, images, rng):
        self.seen[int(rng.integers(2**62))] = len(images)
        return images


def test_what_changes_nothing_leaves_the_images_of_a_batch_as_they_are(small, problem):
    trainer = Trainer(small(), augment=lambda images, rng: images)
    batches = [np.array([3, 1, 4]), np.array([1, 5])]
    pictures = trainer.pictures(problem.train.images, batches, 1, 1)
    for chosen, images in zip(batches, pictures, strict=True):
        np.testing.assert_array_equal(images, problem.train.images[chosen])


def test_the_images_learned_are_the_changed_ones(small, problem):
    def blanked(images, rng):
        return np.zeros_like(images)

    net = small()
    trained(net, problem, augment=blanked)
    first = net.layers[0].parameters["weight"]
    # every image is one grey: the gradients of a kernel's nine weights are equal
    moved = first - small().layers[0].parameters["weight"]
    np.testing.assert_allclose(moved - moved[:, :, :1, :1], 0, atol=1e-6)


@pytest.mark.parametrize("threads", [2, 3])
def test_the_numbers_are_the_same_for_any_number_of_threads(small, problem, threads):
    one = trained(small(), problem, augment=SHAKEN, threads=1)
    several = trained(small(), problem, augment=SHAKEN, threads=threads)
    np.testing.assert_array_equal(one[0], several[0])
    assert one[1] == several[1]


def test_the_seed_decides_how_images_are_changed(small, problem):
    losses = [trained(small(), problem, augment=SHAKEN, seed=seed)[1] for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]


def test_every_batch_of_every_epoch_has_chances_of_its_own(small, problem):
    recorder = Recorder()
    trained(small(), problem, epochs=3, augment=recorder)
    assert list(recorder.seen.values()).count(8) == 3 * (50 // 8)
    assert list(recorder.seen.values()).count(50 % 8) == 3


def test_without_augment_no_number_is_drawn_for_it(small):
    order = np.random.default_rng(0).permutation(50)
    trainer = Trainer(small(), batch_size=8, seed=0)
    first = trainer.batches(trainer.shuffled(50))[0]
    np.testing.assert_array_equal(first, order[:8])


@pytest.mark.parametrize("stop", [3, 7, 12])  # in and between the epochs, of seven batches each
def test_an_interrupted_run_goes_on_with_the_same_images(small, problem, stop):
    whole = trained(small(), problem, augment=SHAKEN, seed=5)
    net = small()
    trainer = Trainer(net, lr=0.1, batch_size=8, augment=SHAKEN, seed=5)
    losses = []
    for event in trainer.run(*problem, 3):
        if isinstance(event, BatchDone):
            losses.append(event.loss)
            if len(losses) == stop:
                break
    state = trainer.state()
    other = Trainer(net, lr=0.1, batch_size=8, augment=SHAKEN, seed=99)
    other.restore(state)
    events = list(other.run(*problem, 3))
    losses += [event.loss for event in events if isinstance(event, BatchDone)]
    np.testing.assert_array_equal(net.parameters, whole[0])
    assert losses == whole[1]


@pytest.mark.parametrize("ahead", [1, 8, 100])
@pytest.mark.parametrize("size", [1, 3])
def test_all_batches_come_in_order_however_many_are_changed_together(
    small, problem, monkeypatch, ahead, size
):
    monkeypatch.setattr(augmentation, "AHEAD", ahead)
    trainer = Trainer(small(), threads=2, augment=lambda images, rng: images)
    batches = [np.arange(start, start + size) for start in range(0, 27, size)]
    pictures = list(trainer.pictures(problem.train.images, batches, 1, 1))
    np.testing.assert_array_equal(np.concatenate(pictures), problem.train.images[:27])


def test_no_batches_are_no_images(small, problem):
    trainer = Trainer(small(), augment=lambda images, rng: images)
    assert list(trainer.pictures(problem.train.images, [], 1, 1)) == []


@pytest.mark.parametrize(("has", "gets"), [(None, SHAKEN), (SHAKEN, None)])
def test_a_state_with_and_one_without_augment_do_not_mix(small, has, gets):
    state = Trainer(small(), augment=has).state()
    with pytest.raises(RequestError, match="the state's augment_seed is"):
        Trainer(small(), augment=gets).restore(state)


@pytest.mark.parametrize(
    "change", [lambda images, rng: images[1:], lambda images, rng: images.astype(float)]
)
def test_what_comes_back_must_fit(small, problem, change):
    with pytest.raises(RequestError, match=r"augment returned .*; expected uint8 of shape \(8, "):
        trained(small(), problem, augment=change)


def test_what_augment_raises_reaches_the_caller(small, problem):
    def broken(images, rng):
        raise ValueError("no such picture")

    with pytest.raises(ValueError, match="no such picture"):
        trained(small(), problem, augment=broken)
