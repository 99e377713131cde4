import numpy as np
import pytest
from PIL import Image

from tuiconv.data import load
from tuiconv.data.dataset import DataError
from tuiconv.data.load import data_dirs, destination, find_folder, load_dataset, where
from tuiconv.errors import RequestError


@pytest.fixture
def homes(tmp_path, monkeypatch):
    """Three data directories: asked for, in the environment, the user's."""
    folders = [tmp_path / name for name in ("asked", "environment", "user")]
    for folder in folders:
        folder.mkdir()
    monkeypatch.setenv("TUICONV_DATA_DIR", str(folders[1]))
    monkeypatch.setattr(load, "user_data_path", lambda name: folders[2])
    return folders


def test_it_looks_where_it_is_told_then_in_the_environment_then_at_the_users(homes):
    asked, environment, user = homes
    assert data_dirs(asked) == [asked, environment, user]
    assert data_dirs(str(asked)) == [asked, environment, user]
    assert data_dirs() == [environment, user]


def test_an_empty_environment_variable_counts_as_none(homes, monkeypatch):
    monkeypatch.setenv("TUICONV_DATA_DIR", "")
    assert data_dirs() == [homes[2]]


def test_the_first_folder_of_that_name_is_taken(homes):
    for folder in reversed(homes):
        (folder / "mnist").mkdir()
        assert find_folder("mnist", homes[0]) == folder / "mnist"


def test_without_the_folder_it_says_where_it_looked_and_what_to_do(homes):
    asked, environment, user = homes
    (asked / "mnist").write_bytes(b"a file, no folder")
    with pytest.raises(DataError) as caught:
        find_folder("mnist", asked)
    assert str(caught.value) == (
        f"no folder mnist/ in {asked}, {environment}, {user}; put its files there with"
        " `tuiconv data get mnist`, or name the folder that holds mnist/ with --data-dir or"
        " $TUICONV_DATA_DIR"
    )


def test_a_data_directory_that_is_none_is_refused(homes):
    with pytest.raises(RequestError, match="nowhere: not a folder; expected the folder"):
        find_folder("mnist", homes[0] / "nowhere")


def test_a_data_set_is_there_when_all_its_files_are(homes, small_mnist):
    home = small_mnist.parent
    assert where("mnist", home) == small_mnist
    assert where("kmnist", home) is None
    (small_mnist / "t10k-labels-idx1-ubyte.gz").unlink()
    assert where("mnist", home) is None


@pytest.mark.parametrize(
    "name",
    ["cifar10-jpeg.tar.gz", "cifar-10-python.tar.gz", "cifar-10-batches-bin/data_batch_1.bin"],
)
def test_any_form_of_cifar10_will_do(homes, name):
    file = homes[0] / "cifar10" / name
    file.parent.mkdir(parents=True)
    assert where("cifar10", homes[0]) is None
    file.touch()
    assert where("cifar10", homes[0]) == homes[0] / "cifar10"


def test_files_are_put_where_readers_take_them(homes):
    asked, environment, user = homes
    assert destination("mnist", asked / "new") == asked / "new" / "mnist"
    assert destination("mnist") == environment / "mnist"
    (user / "mnist").mkdir()
    assert destination("mnist") == user / "mnist"
    assert destination("mnist", asked) == asked / "mnist"


def test_mnist_is_read_from_its_folder(homes, small_mnist):
    train, test = load_dataset("mnist", data_dir=small_mnist.parent)
    assert (len(train), len(test)) == (6, 2)


def test_strokes_need_no_files_and_follow_their_seed(monkeypatch):
    monkeypatch.setattr(load, "STROKES_TRAIN", 30)
    monkeypatch.setattr(load, "STROKES_TEST", 20)
    train, test = load_dataset("strokes", seed=5)
    assert (len(train), len(test)) == (30, 20)
    assert (train.name, test.name) == ("stroke training digits", "stroke test digits")
    np.testing.assert_array_equal(load_dataset("strokes", seed=5).train.images, train.images)
    assert (load_dataset("strokes", seed=6).train.images != train.images).any()
    assert (test.images != train.images[:20]).any()


def test_a_blank_is_laid_out_as_the_images_of_its_data_set(monkeypatch, homes, small_mnist):
    monkeypatch.setattr(load, "STROKES_TRAIN", 30)
    monkeypatch.setattr(load, "STROKES_TEST", 20)
    for name in ("strokes", "mnist"):
        train, _ = load_dataset(name, small_mnist.parent)
        example = load.blank(name)
        assert example.images.shape == (1, *train.images.shape[1:])
        assert example.class_names == train.class_names
        assert not example.images.any()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("minst", "; did you mean mnist?"),
        ("stroke", "; did you mean strokes?"),
        ("MNIST", "; did you mean mnist?"),
        ("cifar-10", "; did you mean cifar10?"),
        ("imagenet", ""),
        ("", ""),
    ],
)
def test_an_unknown_data_set_gets_the_list_and_the_nearest_name(name, hint):
    with pytest.raises(RequestError) as caught:
        load_dataset(name)
    with pytest.raises(RequestError, match="no data set is called"):
        load.blank(name)
    assert str(caught.value) == (
        f'no data set is called "{name}"; there are strokes, mnist, fashion-mnist, kmnist, cifar10,'
        f" a folder of pictures by its path, and an .npz file{hint}"
    )
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("path", ["nowhere/at/all", "./mnist", "missing.npz", "folder.npz/"])
def test_a_path_where_there_is_nothing_is_refused(path):
    with pytest.raises(RequestError, match="expected a folder of pictures"):
        load_dataset(path)


@pytest.mark.parametrize("name", ["fashion-mnist", "kmnist"])
def test_the_lookalikes_of_mnist_are_read_from_folders_of_their_own_names(homes, small_mnist, name):
    small_mnist.rename(small_mnist.parent / name)
    train, test = load_dataset(name, small_mnist.parent)
    assert (train.name, test.name) == (f"{name} training images", f"{name} test images")
    assert train.class_names == test.class_names == load.CATALOG[name].class_names


def test_a_folder_of_pictures_and_an_npz_file_are_named_by_their_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    images, labels = rng.integers(0, 256, (12, 5, 4), np.uint8), np.arange(12) // 6
    np.savez("shapes.npz", images=images, labels=labels)
    for label in (0, 1):
        (tmp_path / "shapes" / str(label)).mkdir(parents=True)
        for n in range(6):
            picture = Image.fromarray(images[6 * label + n])
            picture.save(tmp_path / "shapes" / str(label) / f"{n}.png")
    archive = load_dataset("shapes.npz")
    for name in ("shapes", "./shapes", str(tmp_path / "shapes")):
        pictures = load_dataset(name)
        np.testing.assert_array_equal(pictures.train.images, archive.train.images)
        np.testing.assert_array_equal(pictures.test.labels, archive.test.labels)


def test_a_name_of_the_catalog_is_no_path_even_beside_a_folder_called_so(
    homes, small_mnist, monkeypatch
):
    monkeypatch.chdir(small_mnist.parent)
    with pytest.raises(DataError, match="no folder mnist/ in"):
        load_dataset("mnist")
    assert len(load_dataset("mnist", ".").train) == 6
