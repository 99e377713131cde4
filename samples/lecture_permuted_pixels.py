#!/usr/bin/env python3
"""Locality: what becomes of two networks when the pixels of all images change places.

    python samples/lecture_permuted_pixels.py
    python samples/lecture_permuted_pixels.py --data mnist --data-dir DIR

One permutation is drawn and applied to every image, for training and test alike. A fully connected
network is told as much as before: to its weights the order of the pixels is nothing. A ConvNet
looks for patterns of neighbours, and neighbours do not belong together any more.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tuiconv.data.dataset import Dataset, Splits
from tuiconv.nn.events import EpochDone
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer
from tuiconv.runs.data import read
from tuiconv.runs.settings import DataSettings

NETS = {
    "ConvNet": "INPUT(1,32,32) -> [CONV(8,5) -> RELU -> POOL(2)]*2 -> FC(10) -> SOFTMAX",
    "fully connected": "INPUT(1,32,32) -> FC(30) -> RELU -> FC(10) -> SOFTMAX",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train both networks on both kinds of images."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default="strokes", help="strokes or mnist")
    parser.add_argument("--data-dir", help="folder that holds the data set's folder")
    parser.add_argument("--train", type=int, default=5000, help="training images")
    parser.add_argument("--epochs", type=int, default=6)
    asked = parser.parse_args(arguments)
    rng = np.random.default_rng(0)
    digits = read(DataSettings(asked.data, asked.data_dir, train=asked.train), rng)
    order = rng.permutation(digits.train.images[0].size)
    mixed = Splits(*(permuted(part, order) for part in digits))
    print(f"{'network':<16}{'parameters':>12}{'test %':>9}{'permuted':>10}{'lost':>7}")
    for name, text in NETS.items():
        plain, after = (accuracy(text, each, asked.epochs) for each in (digits, mixed))
        parameters = Network.parse(text).spec.totals.parameters
        lost = 100 * (plain - after)
        print(f"{name:<16}{parameters:>12,}{100 * plain:>9.1f}{100 * after:>10.1f}{lost:>7.1f}")


def permuted(dataset: Dataset, order: np.typing.NDArray[np.int64]) -> Dataset:
    """The data set with the pixels of every image in another order."""
    images = dataset.images.reshape(len(dataset), -1)[:, order].reshape(dataset.images.shape)
    return replace(dataset, images=images)


def accuracy(text: str, data: Splits, epochs: int) -> float:
    """Of a network on the test images, after training with seed 0."""
    found = 0.0
    for event in Trainer(Network.parse(text, seed=0), seed=0).run(*data, epochs=epochs):
        if isinstance(event, EpochDone):
            found = event.test_accuracy
    return found


if __name__ == "__main__":
    main()
