import shlex
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tuiconv.cli import run
from tuiconv.errors import RequestError
from tuiconv.images.files.reading import read_picture
from tuiconv.images.pictures import PictureError
from tuiconv.lessons.filters_files import command, is_there, listing, path_in, save, suggested
from tuiconv.lessons.filters_view import FiltersView

posix = pytest.mark.skipif(sys.platform == "win32", reason="paths of Windows have backslashes")


@pytest.fixture
def photo(tmp_path, monkeypatch) -> str:
    """A small picture in the current directory."""
    monkeypatch.chdir(tmp_path)
    pixels = np.random.default_rng(3).integers(0, 256, (9, 12, 3), np.uint8)
    Image.fromarray(pixels).save("a photo.png")
    return "a photo.png"


@pytest.mark.parametrize(
    "view",
    [
        FiltersView("sharpen"),
        FiltersView("gaussian(1.5) | [0 -1 0; -1 4 -1; 0 -1 0]/2 + 9", stored="abs"),
        FiltersView("sobel-x", stored="signed", edge="wrap"),
        FiltersView("edge-8", stored="minmax", edge="zero", depth="map", show="kernel"),
    ],
)
@pytest.mark.parametrize("name", ["out.png", "out.tif", "out.jpg"])
def test_what_is_saved_equals_the_file_of_apply_filter_byte_for_byte(photo, tmp_path, view, name):
    view = replace(view, image=photo)
    told = save(view, tmp_path / name)
    assert told.startswith("12×9 RGB; ")
    line = shlex.split(told.split("the same as: ")[1])
    saved = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()
    assert run(line[1:]) == 0
    assert (tmp_path / name).read_bytes() == saved


def test_a_text_that_names_no_file_is_a_path_all_the_same(tmp_path):
    # nobody is called ~~, and no address has such a host
    assert path_in("~~~") == "~~~"
    assert path_in("file://[") == "file:/["
    assert path_in("'inner/one.png'", tmp_path) == str(tmp_path / "inner" / "one.png")


def test_whether_a_file_would_be_replaced_is_told_before_anything_is_written(photo, tmp_path):
    assert is_there(tmp_path / photo)
    assert not is_there(tmp_path / "new.png")
    with pytest.raises(PictureError, match="extension"):
        is_there(tmp_path / "new.doc")
    for path in (tmp_path / "missing" / "new.png", tmp_path / ("a" * 300 + ".png")):
        with pytest.raises(OSError, match=r"directory|too long"):
            is_there(path)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OSError, match="is a directory"):
        is_there(tmp_path / "folder.png")


def test_all_frames_of_an_animation_are_saved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frames = [Image.fromarray(np.full((4, 5), grey, np.uint8)) for grey in (40, 90, 200)]
    frames[0].save("three.gif", save_all=True, append_images=frames[1:], duration=50)
    save(FiltersView("box-blur", image="three.gif"), tmp_path / "out.gif")
    with Image.open("out.gif") as image:
        assert image.n_frames == 3


def test_the_program_s_own_picture_is_saved_in_full_size(tmp_path):
    assert save(FiltersView("identity"), tmp_path / "own.png") == "96×64 RGB"
    assert read_picture(tmp_path / "own.png").width == 96
    assert command(FiltersView(), tmp_path / "own.png") == ""


def test_what_cannot_be_saved_is_refused_and_nothing_is_written(photo, tmp_path):
    for name, words in (("out.xyz", "no format has the extension"), ("no/out.png", "no directory")):
        with pytest.raises(PictureError, match=words):
            save(FiltersView(image=photo), tmp_path / name)
    with pytest.raises(RequestError):
        save(FiltersView("sharpn", image=photo), tmp_path / "out.png")
    assert [each.name for each in tmp_path.iterdir()] == [photo]


@pytest.mark.parametrize(
    ("view", "name"),
    [
        (FiltersView(), "sample-sharpen-1.png"),
        (FiltersView("gaussian(2) | [1 2 1]"), "sample-gaussian-kernel-1.png"),
        (FiltersView("sobel", image="pictures/house.jpg"), "house-sobel-1.png"),
        (FiltersView("sobel", image="pictures/house.TIFF"), "house-sobel-1.tiff"),
    ],
)
def test_a_name_is_suggested_that_says_what_was_done_and_loses_nothing(
    view, name, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert suggested(view) == name
    (tmp_path / name).touch()
    assert suggested(view) == name.replace("-1.", "-2.")


@posix
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "'{}'",
        '"{}" ',
        "{escaped}",
        "file://{url}",
        "file://{url}\nfile:///other.png\n",
        "{}\n",
    ],
)
def test_a_dropped_file_is_found_however_the_terminal_writes_it(photo, tmp_path, text):
    path = str(tmp_path / photo)
    written = text.format(path, escaped=path.replace(" ", "\\ "), url=path.replace(" ", "%20"))
    assert path_in(written) == path


@posix
def test_of_several_dropped_files_it_is_the_first_and_a_name_with_a_quote_stays(photo, tmp_path):
    assert path_in(f"'{photo}' '/somewhere/else.png'") == photo
    assert path_in("/no/dog's.png") == "/no/dog's.png"
    assert path_in("  ") == ""


def test_a_folder_lists_its_folders_and_pictures_by_name_and_not_what_is_hidden(photo, tmp_path):
    for name in ("B.JPG", "notes.txt", ".hidden.png", "c.webp"):
        (tmp_path / name).touch()
    for name in ("Zoo", "album", ".git", "folder.png"):
        (tmp_path / name).mkdir()
    found = listing(tmp_path)
    assert found.folder == tmp_path.resolve()
    assert found.folders == ("album", "folder.png", "Zoo")
    assert found.pictures == (photo, "B.JPG", "c.webp")
