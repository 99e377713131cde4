"""Whether a network and a data set fit each other, and training can begin."""

import numpy as np

from tuiconv.arithmetic import NetworkSpec
from tuiconv.data.dataset import Dataset
from tuiconv.errors import RequestError
from tuiconv.nn.network import Network, classes_of
from tuiconv.nn.running import TrainingError


def check_numbers(net: Network) -> None:
    """Raise TrainingError if what it learned is infinite or not a number: it would stay so."""
    for name, array in net.arrays().items():
        broken = array.size - np.count_nonzero(np.isfinite(array))
        if broken:
            raise TrainingError(
                f"{broken:,} of the {array.size:,} numbers in {name} are infinite or NaN; expected"
                " finite numbers to go on from"
            )


def check_fits(spec: NetworkSpec, dataset: Dataset) -> None:
    """Raise RequestError unless a network takes the images and has an output per class."""
    if len(dataset) == 0:
        raise RequestError(f"{dataset.name} is empty; expected at least one image")
    if dataset.images.shape[1:] != spec.input:
        found, expected = ("×".join(map(str, s)) for s in (dataset.images.shape[1:], spec.input))
        raise RequestError(f"{dataset.name} are {found} images; the network's INPUT is {expected}")
    if classes_of(spec) != dataset.classes:
        found = "×".join(map(str, spec.output))
        raise RequestError(
            f"{dataset.name} have {dataset.classes} classes; the network has {found} outputs"
        )
