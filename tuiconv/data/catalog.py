"""What is known of each data set before its files are read."""

from dataclasses import dataclass

from tuiconv.data.dataset import DIGITS


@dataclass(frozen=True)
class Entry:
    """A data set that has a name of its own."""

    prefix: str
    noun: str
    about: str
    """One line for a reader."""
    class_names: tuple[str, ...] = DIGITS
    shape: tuple[int, int, int] = (1, 32, 32)
    """Of an image as a network gets it: channels, height, width."""

    @property
    def title(self) -> str:
        """What all its images are called."""
        return f"{self.prefix} {self.noun}"

    def part(self, which: str) -> str:
        """What its `training` or `test` images are called."""
        return f"{self.prefix} {which} {self.noun}"


CLOTHES = (
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
"""Fashion-MNIST's classes 0 to 9 (Xiao, Rasul and Vollgraf, 2017)."""

KANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
"""Kuzushiji-MNIST's classes 0 to 9, a column of the kana each (Clanuwat et al., 2018)."""

OBJECTS = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
"""CIFAR-10's classes 0 to 9 (Krizhevsky, 2009)."""

CATALOG = {
    "strokes": Entry("stroke", "digits", "digits drawn by strokes on the spot; no files needed"),
    "mnist": Entry("mnist", "digits", "handwritten digits, 28×28 padded to 32×32"),
    "fashion-mnist": Entry(
        "fashion-mnist", "images", "ten kinds of clothes, 28×28 padded to 32×32", CLOTHES
    ),
    "kmnist": Entry("kmnist", "images", "ten cursive kana, 28×28 padded to 32×32", KANA),
    "cifar10": Entry(
        "cifar10", "images", "ten kinds of things in colour, 32×32", OBJECTS, (3, 32, 32)
    ),
}
