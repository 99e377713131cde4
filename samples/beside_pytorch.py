"""A run file's training beside the same in PyTorch: seconds and test accuracy of both.

    python samples/beside_pytorch.py samples/lenet5-mnist.toml --data-dir DIR

Both start from the same weights and learn the same batches with the same steps: same network, loss,
optimiser (SGD with momentum), weight decay and schedule, in as many threads. PyTorch runs in eager
mode and gets its distorted images for nothing; tuiconv's time includes distorting them. Tests are
in neither time. Needs PyTorch beside tuiconv.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from torch import nn

from tuiconv.bench.pytorch import learner
from tuiconv.data.dataset import Splits
from tuiconv.nn.events import EpochDone, RunEnd
from tuiconv.nn.network import Network
from tuiconv.runs.data import read
from tuiconv.runs.given import settings_from
from tuiconv.runs.job import Job
from tuiconv.runs.settings import Settings
from tuiconv.runs.toml import read_run_file

Pictures = tuple[np.ndarray, np.ndarray]


def batches(settings: Settings, data: Splits) -> Iterator[Pictures]:
    """The normalised images and the labels of every batch of the whole run."""
    trainer = Job(settings, data).trainer
    for epoch in range(1, settings.epochs + 1):
        chosen = trainer.batches(trainer.shuffled(len(data.train)))
        pictures = trainer.pictures(data.train.images, chosen, epoch, 1)
        for images, places in zip(pictures, chosen, strict=True):
            yield data.train.preprocessing(images), data.train.labels[places]


def ours(settings: Settings, data: Splits) -> tuple[float, float]:
    """Seconds of training, and the test accuracy at the end."""
    job = Job(settings, data)
    for _ in job.warm_up(entries=False):
        pass
    accuracy = seconds = 0.0
    for event in job.events():
        if isinstance(event, EpochDone):
            accuracy = event.test_accuracy
        if isinstance(event, RunEnd):
            seconds = settings.epochs * len(data.train) / event.images_per_second
    return seconds, accuracy


def theirs(settings: Settings, data: Splits) -> tuple[float, float]:
    """The same in PyTorch."""
    job = Job(settings, data)
    trainer = job.trainer
    torch.set_num_threads(trainer.threads)
    model = twin(job.net)
    loss = nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(
        model.parameters(), trainer.lr, trainer.momentum or 0, weight_decay=trainer.weight_decay
    )
    in_epoch = -(-len(data.train) // trainer.batch_size)
    seconds = 0.0
    for number, (x, labels) in enumerate(batches(settings, data)):
        began = perf_counter()
        factor = trainer.schedule(number / in_epoch, settings.epochs)
        sgd.param_groups[0]["lr"] = trainer.lr * factor
        sgd.zero_grad()
        loss(model(torch.from_numpy(x)), torch.from_numpy(labels)).backward()
        sgd.step()
        seconds += perf_counter() - began
    x = data.test.preprocessing(data.test.images)
    with torch.no_grad():
        found = torch.cat([model(part).argmax(1) for part in torch.from_numpy(x).split(1000)])
    return seconds, float(np.mean(found.numpy() == data.test.labels))


def twin(net: Network) -> nn.Module:
    """The network in PyTorch, with the same weights; CrossEntropyLoss has its softmax."""
    model = learner(net.spec)
    arrays = net.state_dict().items()
    model.load_state_dict({name: torch.from_numpy(array) for name, array in arrays})
    return model


def main() -> None:
    """Train both, one after the other, as often as is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--data-dir", help="folder that holds the data set's folder")
    parser.add_argument("--runs", type=int, default=1)
    asked = parser.parse_args()
    settings = replace(settings_from(read_run_file(asked.file)), series=None)
    if settings.optimizer.name != "sgd" or settings.loss != "cross_entropy":
        parser.error(f"{asked.file}: expected SGD and cross-entropy")
    if asked.data_dir:
        settings = replace(settings, data=replace(settings.data, dir=asked.data_dir))
    for seed in range(asked.runs):
        run = replace(settings, seed=seed)
        data = read(run.data, np.random.default_rng(seed))
        (own, accuracy), (other, peer) = ours(run, data), theirs(run, data)
        print(
            f"seed {seed}: tuiconv {own:.1f} s, {accuracy:.2%}; PyTorch {other:.1f} s, {peer:.2%};"
            f" {other / own:.1f} times as fast",
            flush=True,
        )


if __name__ == "__main__":
    main()
