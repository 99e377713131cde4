import io
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tuiconv.data import pictures
from tuiconv.data.dataset import DataError
from tuiconv.data.pictures import read_pictures, to_bytes

RNG = np.random.default_rng(6)


def grey(height=4, width=5):
    return Image.fromarray(RNG.integers(0, 256, (height, width), np.uint8))


def colour(height=4, width=5):
    return Image.fromarray(RNG.integers(0, 256, (height, width, 3), np.uint8))


@pytest.fixture
def flowers(tmp_path):
    """A folder with twelve grey pictures of roses and six of asters, five wide and four high."""
    for name, count in (("rose", 12), ("aster", 6)):
        (tmp_path / "flowers" / name).mkdir(parents=True)
        for n in range(count):
            grey().save(tmp_path / "flowers" / name / f"{n:02}.png")
    return tmp_path / "flowers"


def test_classes_are_the_sub_folders_in_the_order_of_their_names(flowers):
    train, test = read_pictures(flowers)
    assert train.class_names == test.class_names == ("aster", "rose")
    np.testing.assert_array_equal(np.bincount(train.labels), [5, 10])
    np.testing.assert_array_equal(np.bincount(test.labels), [1, 2])
    assert train.images.shape == (15, 1, 4, 5)
    assert train.images.dtype == np.uint8
    assert train.name == "flowers: training images"


def test_pixels_are_those_of_the_files_in_the_order_of_their_names(flowers):
    train, test = read_pictures(flowers)
    for n in range(5):
        with Image.open(flowers / "aster" / f"{n:02}.png") as file:
            np.testing.assert_array_equal(train.images[n, 0], np.asarray(file))
    with Image.open(flowers / "aster" / "05.png") as file:
        np.testing.assert_array_equal(test.images[0, 0], np.asarray(file))


@pytest.mark.parametrize("place", ["aster/00.png", "rose/11.png"])
def test_one_picture_in_colour_makes_all_of_them_rgb(flowers, place):
    before = read_pictures(flowers)
    painted = colour()
    painted.save(flowers / place)
    after = read_pictures(flowers)
    assert after.train.images.shape == (15, 3, 4, 5)
    for channel in range(3):
        np.testing.assert_array_equal(
            after.train.images[1:-1, channel], before.train.images[1:-1, 0]
        )
    changed = after.train.images[0] if place < "b" else after.test.images[-1]
    np.testing.assert_array_equal(changed.transpose(1, 2, 0), np.asarray(painted))


def test_train_and_test_folders_are_the_two_parts(flowers, tmp_path):
    (tmp_path / "all").mkdir()
    flowers.rename(tmp_path / "all" / "train")
    (tmp_path / "all" / "test" / "rose").mkdir(parents=True)
    grey().save(tmp_path / "all" / "test" / "rose" / "0.png")
    train, test = read_pictures(tmp_path / "all")
    assert (len(train), len(test)) == (18, 1)
    np.testing.assert_array_equal(test.labels, [1])
    (tmp_path / "all" / "test" / "rose").rename(tmp_path / "all" / "test" / "tulip")
    with pytest.raises(DataError, match="all: test class tulip; expected aster, rose"):
        read_pictures(tmp_path / "all")


def test_hidden_files_are_passed_over(flowers):
    (flowers / ".git").mkdir()
    (flowers / "rose" / ".DS_Store").write_bytes(b"no picture")
    assert len(read_pictures(flowers).train) == 15


def test_the_first_picture_of_another_size_is_named(flowers):
    grey(4, 6).save(flowers / "rose" / "03.png")
    grey(9, 9).save(flowers / "rose" / "04.png")
    with pytest.raises(DataError) as caught:
        read_pictures(flowers)
    assert str(caught.value) == (
        f"{flowers}/rose/03.png: 6×4 pixels; expected 5×4, the size of {flowers}/aster/00.png"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "not a picture in a known format"), (b"text", "not a picture"), (None, "damaged")],
)
def test_a_file_that_is_no_whole_picture_is_named(flowers, content, message):
    path = flowers / "rose" / "07.png"
    path.write_bytes(path.read_bytes()[:50] if content is None else content)
    with pytest.raises(DataError) as caught:
        read_pictures(flowers)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_file_that_may_not_be_read_is_no_damaged_one(flowers, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Image, "open", forbidden)
    with pytest.raises(DataError) as caught:
        read_pictures(flowers)
    assert str(caught.value) == f"{flowers}/aster/00.png: cannot be read: Permission denied"


def test_a_folder_that_may_not_be_read_is_named(flowers, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", forbidden)
    with pytest.raises(DataError) as caught:
        read_pictures(flowers)
    assert str(caught.value) == f"{flowers}: cannot be read: Permission denied"


def test_links_that_lead_back_or_nowhere_are_passed_over(flowers):
    (flowers / "loop").symlink_to("loop")
    (flowers / "rose" / "loop.png").symlink_to("loop.png")
    (flowers / "rose" / "nowhere.png").symlink_to("missing.png")
    (flowers / "rose" / "flowers").symlink_to("..")
    assert len(read_pictures(flowers).train) == 15


def test_a_link_back_to_the_folder_itself_is_a_class_without_pictures(flowers):
    (flowers / "again").symlink_to(".")
    with pytest.raises(DataError, match="again: no pictures; expected those of class again"):
        read_pictures(flowers)


def test_a_format_that_pillow_knows_only_by_name_is_refused(flowers):
    (flowers / "rose" / "00.png").write_bytes(b"DDS " + struct.pack("<31I", 124, *[0] * 30))
    with pytest.raises(DataError, match=r"00\.png: damaged picture \(Unknown|Unimplemented"):
        read_pictures(flowers)


READ = """
import sys
from tuiconv.data.dataset import DataError
from tuiconv.data.pictures import read_pictures
try:
    read_pictures(__import__("pathlib").Path(sys.argv[1]))
except DataError as error:
    print(error)
"""


def test_what_pillow_thinks_of_a_damaged_file_is_not_written_to_stderr(flowers):
    file = io.BytesIO()
    colour().save(file, "TIFF")
    channels = struct.pack("<HHIH", 277, 3, 1, 3)
    content = file.getvalue().replace(channels, struct.pack("<HHIH", 277, 3, 1, 2048))
    assert content != file.getvalue()
    (flowers / "rose" / "00.png").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(flowers)], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{flowers}/rose/00.png: not a picture in a known format\n"
    assert done.stderr == ""


def test_an_empty_folder_and_an_empty_class_are_refused(flowers, tmp_path):
    (flowers / "iris").mkdir()
    with pytest.raises(DataError) as caught:
        read_pictures(flowers)
    assert str(caught.value) == f"{flowers}/iris: no pictures; expected those of class iris"
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError) as caught:
        read_pictures(tmp_path / "empty")
    assert str(caught.value) == (
        f"{tmp_path}/empty: no sub-folders; expected one for each class of pictures"
    )


def test_a_single_class_is_refused(flowers, tmp_path):
    (flowers / "aster").rename(tmp_path / "elsewhere")
    with pytest.raises(DataError) as caught:
        read_pictures(flowers)
    assert str(caught.value) == "flowers: a single class (rose); expected two or more"


def test_more_pixels_than_can_be_kept_are_refused_before_there_is_room_for_them(
    flowers, monkeypatch
):
    monkeypatch.setattr(pictures, "MOST_BYTES", 300)
    with pytest.raises(
        DataError, match=r"18 pictures of 1×4×5 take 360 bytes; expected at most 300"
    ):
        read_pictures(flowers)


def test_a_picture_of_more_pixels_than_pillow_dares_is_refused(flowers, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 15)
    with pytest.raises(DataError, match=r"00.png: too many pixels to train on"):
        read_pictures(flowers)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "I"])
def test_grey_modes_stay_grey(mode):
    picture = Image.new(
        mode.replace("I;16", "L").replace("I", "L"), (2, 3), 255 if mode != "LA" else (255, 9)
    )
    if mode.startswith("I"):
        wide = np.full((3, 2), 0x7F80)
        picture = Image.fromarray(wide.astype(np.uint16 if mode == "I;16" else np.int32))
    assert picture.mode == mode
    expected = 0x7F if mode.startswith("I") else 255
    np.testing.assert_array_equal(to_bytes(picture), np.full((3, 2), expected, np.uint8))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "YCbCr", "HSV"])
def test_all_other_modes_become_rgb(mode):
    pixels = to_bytes(Image.new("RGB", (2, 3), (255, 255, 255)).convert(mode))
    assert pixels.shape == (3, 2, 3)
    assert pixels.dtype == np.uint8
    assert abs(pixels.astype(int) - 255).max() <= 2


def test_numbers_that_are_no_pixels_are_refused(flowers):
    file = io.BytesIO()
    Image.new("F", (5, 4), 0.5).save(file, "TIFF")
    (flowers / "rose" / "00.png").write_bytes(file.getvalue())
    with pytest.raises(DataError, match="floating-point pixels; expected 8 or 16 bits"):
        read_pictures(flowers)


def test_a_damaged_note_beside_the_pixels_is_no_matter(flowers):
    file = io.BytesIO()
    grey().save(file, "TIFF", tiffinfo={305: "software"})
    content = file.getvalue().replace(
        (305).to_bytes(2, "little") + b"\x02\0\x09", b"\x31\x01\x02\0\xff"
    )
    assert content != file.getvalue()
    (flowers / "rose" / "00.png").write_bytes(content)
    assert len(read_pictures(flowers).train) == 15
