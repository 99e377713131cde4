import json

import numpy as np
import pytest
from PIL import Image
from rich.cells import cell_len


def test_the_list_has_every_data_set_and_where_it_was_found(tuiconv, small_mnist):
    done = tuiconv("data", "list", "--data-dir", small_mnist.parent, "--json")
    assert (done.status, done.err) == (0, "")
    found = {row["name"]: (row["found"], row["folder"]) for row in json.loads(done.out)}
    assert found == {
        "strokes": (True, None),
        "mnist": (True, str(small_mnist)),
        "fashion-mnist": (False, None),
        "kmnist": (False, None),
        "cifar10": (False, None),
    }
    text = tuiconv("data", "list", "--data-dir", small_mnist.parent).out
    assert str(small_mnist) in text
    assert "always there" in text
    assert "not found" in text


def test_as_json_it_tells_counts_shapes_classes_and_statistics(tuiconv, small_mnist):
    done = tuiconv("data", "info", "mnist", "--data-dir", small_mnist.parent, "--json")
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out) == {
        "name": "mnist",
        "class_names": list("0123456789"),
        "preprocessing": {"mean": 0.1307, "std": 0.3081},
        "train": {"images": 20, "shape": [1, 32, 32], "class_counts": [2] * 10},
        "test": {"images": 10, "shape": [1, 32, 32], "class_counts": [1] * 10},
    }


def test_the_page_has_the_counts_a_line_for_each_class_and_one_picture_of_it(tuiconv):
    done = tuiconv("data", "info", "strokes", "--color", "none")
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "64 stroke training digits of 1×32×32 in 10 classes"
    assert lines[1] == "32 stroke test digits of 1×32×32 in 10 classes"
    rows = [line.split() for line in lines]
    assert ["class", "training", "share", "test"] in rows
    assert sum(int(row[1]) for row in rows if len(row) == 4 and row[2].endswith("%")) == 64
    assert ["0", "1", "2", "3"] in rows  # the captions of the sheet, four in 80 columns
    assert "█" in done.out


@pytest.mark.parametrize("width", [20, 50, 100])
def test_the_sheet_is_no_wider_than_asked_for(tuiconv, width):
    done = tuiconv("data", "info", "strokes", "--color", "none", "--width", width)
    sheet = done.out.split("\n\n", 2)[2]
    assert max(map(cell_len, sheet.splitlines())) <= width


def test_the_seed_decides_which_strokes_are_drawn(tuiconv):
    first, again, other = (
        tuiconv("data", "info", "strokes", "--color", "none", "--seed", seed).out
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_folder_of_pictures_is_shown_with_its_class_names(tuiconv, folder):
    for name in ("moon", "sun"):
        (folder / "sky" / name).mkdir(parents=True)
        for n in range(6):
            pixels = np.random.default_rng(n).integers(0, 256, (9, 8, 3), np.uint8)
            Image.fromarray(pixels).save(folder / "sky" / name / f"{n}.png")
    done = tuiconv("data", "info", "sky")
    assert (done.status, done.err) == (0, "")
    assert "10 sky: training images of 3×9×8 in 2 classes" in done.out
    assert ["moon", "5", "50.0%", "1"] in [line.split() for line in done.out.splitlines()]


@pytest.mark.parametrize(
    ("status", "arguments", "message"),
    [
        (2, [], "expected list or info"),
        (2, ["list", "--data-dir", "nowhere"], "nowhere: not a folder"),
        (2, ["info", "imagenet"], 'no data set is called "imagenet"'),
        (2, ["info", "./nowhere"], "expected a folder of pictures or an .npz file"),
        (2, ["info", "strokes", "--color", "pink"], "pink"),
        (1, ["info", "kmnist"], "no folder kmnist/ in"),
        (1, ["info", "broken.npz"], "broken.npz: not a whole .npz file"),
        (1, ["info", "."], "no sub-folders; expected one for each class"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_line(refused, folder, status, arguments, message):
    (folder / "broken.npz").write_bytes(b"PK")
    assert message in refused(status, "data", *arguments)
