"""Where each data set is published, and how its files are known."""

from collections.abc import Mapping
from dataclasses import dataclass

from tuiconv.data.mnist import CHECKSUMS


@dataclass(frozen=True)
class Source:
    """The files of a data set, and the servers that have them."""

    mirrors: tuple[str, ...]
    """Addresses to put before a file's name, in the order in which they are asked."""
    files: Mapping[str, str]
    """For each file the MD5 of what it unpacks to, so that any packing will do; where only that
    of the file as published is known, this one."""
    megabytes: int
    """Of all files together, as they are published."""


SOURCES = {
    "mnist": Source(
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        files={f"{name}.gz": checksum for name, checksum in CHECKSUMS.items()},
        megabytes=12,
    ),
    "fashion-mnist": Source(
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
        files={
            "train-images-idx3-ubyte.gz": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "train-labels-idx1-ubyte.gz": "9018921c3c673c538a1fc5bad174d6f9",
            "t10k-images-idx3-ubyte.gz": "8181f5470baa50b63fa0f6fddb340f0a",
            "t10k-labels-idx1-ubyte.gz": "15d484375f8d13e6eb1aabb0c3f46965",
        },
        megabytes=31,
    ),
    "kmnist": Source(
        mirrors=(
            "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            "https://huggingface.co/datasets/tanganke/kmnist/resolve/main/raw/",
        ),
        files={
            "train-images-idx3-ubyte.gz": "bdb82020997e1d708af4cf47b453dcf7",
            "train-labels-idx1-ubyte.gz": "e144d726b3acfaa3e44228e80efcd344",
            "t10k-images-idx3-ubyte.gz": "5c965bf0a639b31b8f53240b1b52f4d7",
            "t10k-labels-idx1-ubyte.gz": "7320c461ea6c1c855c0b718fb2a4b134",
        },
        megabytes=21,
    ),
    "cifar10": Source(
        mirrors=(
            "https://www.cs.toronto.edu/~kriz/",
            "https://dataset.bj.bcebos.com/cifar/",
        ),
        files={"cifar-10-python.tar.gz": "c58f30108f718f92721af3b95e74349a"},
        megabytes=170,
    ),
}
