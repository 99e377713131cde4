"""What every option of apply-filter changes in the picture that is saved, or in what is told."""

import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from tuiconv.nn.shipped import load_model


@pytest.fixture
def saved(tuiconv):
    """The pixels that come out of photo.png, and the mode."""

    def call(*arguments):
        done = tuiconv("apply-filter", "photo.png", *arguments, "-o", "out.png")
        assert done.status == 0, done.err
        with Image.open("out.png") as image:
            return image.mode, np.array(image)

    return call


def by_scipy(pixels, kernel, mode="mirror", **options):
    """Each channel correlated, rounded and clamped."""
    sums = ndimage.correlate(
        pixels.astype(float), np.array(kernel, float)[:, :, np.newaxis], mode=mode, **options
    )
    return np.rint(sums).clip(0, 255)


def test_a_shift_by_hand_shows_which_way_a_kernel_lies(tuiconv, folder):
    # correlation with 1 at the left takes the left neighbour: all moves to the right
    Image.fromarray(np.array([[10, 20, 30]], np.uint8)).save("photo.png")
    asked = ("apply-filter", "photo.png", "--kernel", "1 0 0", "--edge", "zero", "-o", "out.png")
    for options, pixels, words in (
        ((), [[0, 10, 20]], "correlation: "),
        (("--flip",), [[20, 30, 0]], "convolution: "),
    ):
        done = tuiconv(*asked, *options)
        assert np.array(Image.open("out.png")).tolist() == pixels
        assert f"\n{words}" in done.out


def test_of_a_kernel_that_looks_alike_when_turned_neither_is_claimed(tuiconv, photo):
    for options in ((), ("--flip",)):
        done = tuiconv("apply-filter", "photo.png", "sharpen", *options)
        assert "\ncorrelation and convolution agree" in done.out


@pytest.mark.parametrize("own", [("--kernel", "1"), ("--conv1", "lenet5:0")])
def test_a_filter_beside_a_kernel_is_not_taken_for_a_picture(refused, photo, own):
    message = refused(2, "apply-filter", "photo.png", "gaussian(2)", *own)
    assert '"gaussian(2)" is a filter' in message


def test_a_file_called_like_a_filter_is_a_picture_beside_a_kernel(tuiconv, folder, photo):
    (folder / "photo.png").rename(folder / "sharpen")
    assert tuiconv("apply-filter", "sharpen", "--kernel", "1").status == 0


def test_names_are_known_in_large_letters_too(tuiconv, photo):
    asked = ("apply-filter", "photo.png", "edge-4", "--json")
    large = ("--edge", "ZERO", "--range", "MinMax")
    assert tuiconv(*asked, *large).out == tuiconv(*asked, *map(str.lower, large)).out


def test_a_kernel_from_a_text_and_from_a_file_are_one(saved, folder, photo):
    kernel = "1 2 3\n0 1/2 -1; .5,0,-2  # a comment\n"
    (folder / "kernel.txt").write_text(kernel)
    expected = by_scipy(photo, np.array([[1, 2, 3], [0, 0.5, -1], [0.5, 0, -2]]) / 4) + 0
    for given in (("--kernel", kernel), ("--kernel-file", "kernel.txt")):
        mode, pixels = saved(*given, "--divide", 4)
        assert mode == "RGB"
        np.testing.assert_array_equal(pixels, expected)


def test_the_bias_is_added_after_the_division(tuiconv, folder):
    Image.new("L", (3, 3), 100).save("photo.png")
    asked = ("--kernel", "3", "--divide", "2", "--bias", "-50")
    assert tuiconv("apply-filter", "photo.png", *asked, "-o", "out.png").status == 0
    assert np.unique(np.array(Image.open("out.png"))).tolist() == [100]  # 3 · 100 / 2 − 50


def test_filters_in_a_row_pass_their_sums_on_unclamped(tuiconv, folder):
    # 0 − 100 is not clamped before it is added back
    Image.fromarray(np.array([[0, 100, 0]], np.uint8)).save("photo.png")
    row = ("emboss | emboss", "--edge", "zero", "-o", "out.png", "--json")
    done = tuiconv("apply-filter", "photo.png", *row)
    entry = json.loads(done.out)
    assert [each["name"] for each in entry["filters"]] == ["emboss", "emboss"]
    # the middle row of emboss is [−1 1 1]: once 100 100 −100, and twice 200 −100 −200
    assert entry["sums"]["minimum"] == -200


def test_a_learned_kernel_is_laid_on_as_the_network_has_it(saved, photo):
    mode, pixels = saved("--conv1", "lenet5:2", "--range", "signed")
    weights = load_model("lenet5").state_dict()["conv1.weight"][2, 0].astype(float)
    sums = ndimage.correlate(photo.astype(float), weights[:, :, np.newaxis], mode="mirror")
    expected = 128 + sums / np.abs(sums).max() * 127
    assert mode == "RGB"
    assert np.abs(pixels - expected).max() <= 0.5 + 1e-6


@pytest.mark.parametrize(
    ("edge", "mode"),
    [("zero", "constant"), ("replicate", "nearest"), ("reflect", "mirror"), ("wrap", "wrap")],
)
def test_edges_are_what_scipy_calls_otherwise(saved, photo, edge, mode):
    pixels = saved("box-blur", "--edge", edge)[1]
    np.testing.assert_array_equal(pixels, by_scipy(photo, np.ones((3, 3)) / 9, mode))


def test_a_stride_and_a_padding_give_the_size_of_the_formula(saved, photo):
    # rows: (12 + 2·0 − 3) / 2 + 1 = 5; columns: (17 + 2·1 − 3) / 3 + 1 = 6
    pixels = saved("box-blur", "--stride", "2,3", "--padding", "0,1", "--edge", "zero")[1]
    everywhere = by_scipy(photo, np.ones((3, 3)) / 9, "constant")
    np.testing.assert_array_equal(pixels, everywhere[1:-1:2, ::3])
    assert pixels.shape == (5, 6, 3)
    assert saved("box-blur", "--stride", "2")[1].shape == (6, 9, 3)


@pytest.mark.parametrize("name", ["G", "g"])
def test_one_channel_is_filtered_alone(saved, photo, name):
    mode, pixels = saved("identity", "--channel", name)
    assert mode == "L"
    np.testing.assert_array_equal(pixels, photo[:, :, 1])


def test_greys_are_filtered_alone(saved, photo):
    mode, pixels = saved("identity", "--grey")
    assert mode == "L"
    np.testing.assert_array_equal(pixels, np.array(Image.fromarray(photo).convert("L")))


def test_ranges_by_hand(tuiconv, folder):
    # sums of [−1 0 1] along 10 20 10 50, beyond the border 0: 20 0 30 −10
    Image.fromarray(np.array([[10, 20, 10, 50]], np.uint8)).save("photo.png")
    for name, expected in (
        ("clamp", [20, 0, 30, 0]),
        ("abs", [20, 0, 30, 10]),
        ("signed", [213, 128, 255, 86]),  # 128 + sum · 127 / 30, rounded
        ("minmax", [191, 64, 255, 0]),  # (sum + 10) · 255 / 40
    ):
        asked = ("--kernel", "-1 0 1", "--edge", "zero", "--range", name)
        assert tuiconv("apply-filter", "photo.png", *asked, "-o", "out.png").status == 0
        assert np.array(Image.open("out.png")).tolist() == [expected]


def test_signs_that_get_lost_in_saving_are_told_with_what_keeps_them(tuiconv, photo):
    saved = ("apply-filter", "photo.png", "sobel-x", "-o", "out.png")
    assert "below 0 are saved as 0; --range signed keeps them" in tuiconv(*saved).out
    assert "keeps them" not in tuiconv(*saved, "--range", "clamp").out
    assert "keeps them" not in tuiconv(*saved[:3]).out  # where nothing is saved


@pytest.mark.parametrize(
    ("view", "there", "not_there"),
    [
        ("both", ["before: 17×12", "after", "kernel"], []),
        ("before", ["before: 17×12"], ["after: "]),
        ("after", ["after: 17×12"], ["before: "]),
        ("difference", ["difference: after − before"], ["before: 17×12", "after: 17×12"]),
        ("kernel", ["-1 5 -1"], ["before: 17×12", "after: 17×12"]),
    ],
)
def test_the_view_is_what_is_asked_for(tuiconv, photo, view, there, not_there):
    out = tuiconv("apply-filter", "photo.png", "sharpen", "--view", view).out
    assert all(words in " ".join(out.split()) for words in there)
    assert not any(words in out for words in not_there)


def test_a_crop_is_told_with_its_place(tuiconv, photo):
    out = tuiconv("apply-filter", "photo.png", "sharpen", "--crop", "2,3,8,6").out
    assert "before 8×6 at 2,3" in out
    assert "after 8×6 at 2,3" in out


def test_an_explanation_comes_instead_of_the_drawing_but_for_one_asked_for(tuiconv, photo):
    asked = ("apply-filter", "photo.png", "sharpen", "--explain", "3,4")
    alone = tuiconv(*asked).out
    assert "Pixel 3,4 (column 3, row 4) after sharpen" in alone
    assert "difference 0" in alone
    assert "before: 17×12" not in alone
    both = tuiconv(*asked, "--view", "both").out
    assert "before: 17×12" in both
    assert "difference 0" in both


def test_between_a_drawing_its_explanation_and_what_is_said_of_both_there_is_a_blank_line(
    tuiconv, photo
):
    asked = ("apply-filter", "photo.png", "sharpen", "--explain", "3,4", "--view", "after")
    lines = tuiconv(*asked).out.splitlines()
    for begin in ("Pixel 3,4", "correlation "):
        (place,) = (number for number, line in enumerate(lines) if line.startswith(begin))
        assert lines[place - 1] == ""
        assert lines[place - 2] != ""


@pytest.mark.parametrize(
    "options", [(), ("--plain",), ("--view", "after"), ("--view", "kernel"), ("--explain", "3,4")]
)
def test_what_was_clipped_in_saving_is_always_told(tuiconv, photo, options):
    done = tuiconv("apply-filter", "photo.png", "sharpen", "-o", "out.png", *options)
    assert done.out.lower().count("clipped: ") == 1


def test_in_words_nothing_is_drawn(tuiconv, photo):
    out = tuiconv("apply-filter", "photo.png", "sharpen", "--plain").out
    assert "17 by 12 pixels" in out
    assert not set(out) & set("▀█░▒▓")
    terms = tuiconv("apply-filter", "photo.png", "sharpen", "--plain", "--explain", "3,4").out
    assert "times −1 is" in terms


def test_json_is_one_object_with_the_terms_if_they_are_asked_for(tuiconv, photo):
    done = tuiconv("apply-filter", "photo.png", "sharpen", "--json", "--flip", "-o", "out.png")
    entry = json.loads(done.out)
    assert (entry["image"], entry["output"], entry["flipped"]) == ("photo.png", "out.png", True)
    assert entry["before"]["width"] == 17
    assert entry["sums"]["pixels"] == 17 * 12
    assert "terms" not in entry
    done = tuiconv("apply-filter", "photo.png", "sharpen", "--json", "--explain", "3,4")
    assert json.loads(done.out)["terms"]["x"] == 3


def test_a_slide_shows_the_view_that_is_asked_for(tuiconv, photo):
    done = tuiconv("apply-filter", "photo.png", "sharpen", "--view", "after", "--svg", "a.svg")
    assert done.out.endswith("\nsaved a.svg\n")
    words = " ".join(ElementTree.parse("a.svg").getroot().itertext())
    assert "after: 17×12 RGB" in words
    assert "before: " not in words


def test_a_slide_and_json_go_together(tuiconv, photo, folder):
    done = tuiconv(
        "apply-filter", "photo.png", "sharpen", "--json", "--svg", "a.svg", "--view", "after"
    )
    assert json.loads(done.out)["output"] is None
    assert (folder / "a.svg").is_file()


@pytest.mark.parametrize(
    ("target", "status", "words"),
    [
        ("photo.png", 2, "ends in .svg"),  # or it would take the place of the picture
        ("a", 2, "ends in .svg"),
        ("no/a.svg", 1, "there is no directory"),
    ],
)
def test_a_slide_that_cannot_be_saved_is_refused_up_front(refused, photo, target, status, words):
    assert words in refused(status, "apply-filter", "photo.png", "sharpen", "--svg", target)


def test_all_frames_of_an_animation_are_filtered(tuiconv, folder):
    frames = [Image.new("L", (6, 5), grey) for grey in (10, 20, 30)]
    frames[0].save("move.png", save_all=True, append_images=frames[1:], duration=50)
    done = tuiconv("apply-filter", "move.png", "--kernel", "2", "-o", "out.png", "--json")
    assert done.status == 0
    assert json.loads(done.out)["sums"]["pixels"] == 3 * 6 * 5
    with Image.open("out.png") as image:
        greys = []
        for frame in range(image.n_frames):
            image.seek(frame)
            greys.append(image.convert("L").getpixel((0, 0)))
    assert greys == [20, 40, 60]
