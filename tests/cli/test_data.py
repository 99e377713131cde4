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
    assert "not found; `tuiconv data get cifar10` fetches it (170 MB)" in text
    assert "data get mnist" not in text


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


def test_every_distortion_is_drawn_by_itself_then_all_then_the_eleventh_class(tuiconv):
    done = tuiconv("data", "info", "strokes", "--augment", "--color", "none")
    assert (done.status, done.err) == (0, "")
    rows = done.out.removesuffix("\n\n").split("as they are\n")[1].split("\n\n")
    headings = [row.splitlines()[0].split("  ")[0] for row in rows[1:]]
    assert headings == [
        *("shift = 2", "rescale = 0.15", "rotate = 10", "shear = 10", "elastic = 0.7"),
        *(
            "sides = 0.5",
            "all together",
            "an eleventh class, none: blanks, and digits at the sides",
        ),
    ]
    drawn = [rows[0], *("\n".join(row.splitlines()[1:]) for row in rows[1:])]
    assert len(set(drawn)) == 9
    assert max(map(cell_len, done.out.splitlines())) <= 80


def test_the_seed_decides_how_pictures_are_distorted(tuiconv, small_mnist):
    first, again, other = (
        tuiconv(
            *("data", "info", "mnist", "--data-dir", small_mnist.parent, "--augment"),
            *("--color", "none", "--seed", seed),
        ).out
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_photographs_are_moved_and_mirrored_and_have_no_eleventh_class(tuiconv, folder):
    images = np.random.default_rng(0).integers(0, 256, (30, 3, 8, 8), np.uint8)
    np.savez(folder / "colours.npz", images=images, labels=np.arange(30) % 2)
    out = tuiconv("data", "info", "colours.npz", "--augment", "--color", "none").out
    assert "shift = 1  (pixels)" in out
    assert "flip = 0.5" in out
    assert "sides" not in out
    assert "eleventh" not in out


def test_as_json_the_distortions_that_are_drawn_are_told(tuiconv):
    done = tuiconv("data", "info", "strokes", "--augment", "--json")
    assert json.loads(done.out)["distortions"] == {
        "shift": 2,
        "rescale": 0.15,
        "rotate": 10,
        "shear": 10,
        "elastic": 0.7,
        "smoothness": 4,
        "sides": 0.5,
        "flip": 0,
    }


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
        (2, [], "expected list, get or info"),
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
