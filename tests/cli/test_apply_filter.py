import io
import sys

import numpy as np
import pytest
from PIL import Image
from rich.cells import cell_len
from scipy import ndimage

from tuiconv.cli import run

# The kernels as the lectures print them.
KERNELS = {
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "edge-diagonal": np.array([[1, 0, -1], [0, 0, 0], [-1, 0, 1]]),
    "edge-4": np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]]),
    "edge-8": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "box-blur": np.ones((3, 3)) / 9,
    "gaussian-3x3": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "gaussian-5x5": np.array(
        [
            [1, 4, 6, 4, 1],
            [4, 16, 24, 16, 4],
            [6, 24, 36, 24, 6],
            [4, 16, 24, 16, 4],
            [1, 4, 6, 4, 1],
        ]
    )
    / 256,
    "unsharp-5x5": np.array(
        [
            [1, 4, 6, 4, 1],
            [4, 16, 24, 16, 4],
            [6, 24, -476, 24, 6],
            [4, 16, 24, 16, 4],
            [1, 4, 6, 4, 1],
        ]
    )
    / -256,
}
every_filter = pytest.mark.parametrize("name", KERNELS)


def by_scipy(pixels, name):
    """What the filter must make of every channel of uint8 pixels."""
    planes = pixels.reshape(*pixels.shape[:2], -1).astype(np.float64)
    sums = [
        ndimage.correlate(planes[:, :, c], KERNELS[name], mode="mirror")
        for c in range(planes.shape[2])
    ]
    return np.clip(np.rint(np.stack(sums, axis=2)), 0, 255).astype(np.uint8).reshape(pixels.shape)


def read(path):
    with Image.open(path) as image:
        return image.mode, np.array(image)


def filtered(tuiconv, source, name, *options, target="out.png"):
    """Mode and pixels of the picture that the command wrote."""
    done = tuiconv("apply-filter", source, name, "-o", target, *options)
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith(f"\nsaved {target}\n")
    return read(target)


def random_pixels(*shape):
    return np.random.default_rng(8).integers(0, 256, shape, dtype=np.uint8)


def test_sharpening_one_grey_dot_by_hand(tuiconv):
    # 5 · 50 = 250 where the dot is, 0 - 50 beside it becomes 0
    dot = np.zeros((5, 5), np.uint8)
    dot[2, 2] = 50
    Image.fromarray(dot).save("dot.png")
    mode, pixels = filtered(tuiconv, "dot.png", "sharpen")
    assert mode == "L"
    assert pixels[2, 2] == 250
    assert pixels.sum() == 250


@every_filter
def test_a_png_in_colour_comes_out_as_scipy_computes_it(tuiconv, photo, name):
    mode, pixels = filtered(tuiconv, "photo.png", name)
    assert mode == "RGB"
    np.testing.assert_array_equal(pixels, by_scipy(photo, name))


@every_filter
def test_a_grey_png_stays_grey(tuiconv, name):
    grey = random_pixels(9, 14)
    Image.fromarray(grey).save("grey.png")
    mode, pixels = filtered(tuiconv, "grey.png", name)
    assert mode == "L"
    np.testing.assert_array_equal(pixels, by_scipy(grey, name))


@every_filter
def test_a_jpeg_is_filtered_as_it_looks(tuiconv, name):
    Image.fromarray(random_pixels(16, 24, 3)).save("photo.jpg")
    mode, pixels = filtered(tuiconv, "photo.jpg", name)
    assert mode == "RGB"
    np.testing.assert_array_equal(pixels, by_scipy(read("photo.jpg")[1], name))


def test_a_jpeg_may_become_a_jpeg_of_the_same_size(tuiconv):
    Image.fromarray(random_pixels(16, 24, 3)).save("photo.jpg")
    mode, pixels = filtered(tuiconv, "photo.jpg", "gaussian-5x5", target="soft.jpg")
    assert (mode, pixels.shape) == ("RGB", (16, 24, 3))


@every_filter
def test_alpha_is_kept(tuiconv, name):
    before = random_pixels(8, 6, 4)
    before[:, :, 3] = 255  # and where nothing is transparent, it makes no difference
    before[0, 0, 3] = 7  # where a pixel is, its neighbours see less of it
    Image.fromarray(before).save("photo.png")
    mode, pixels = filtered(tuiconv, "photo.png", name)
    assert mode == "RGBA"
    np.testing.assert_array_equal(pixels[:, :, 3], before[:, :, 3])
    np.testing.assert_array_equal(pixels[3:, 3:, :3], by_scipy(before[:, :, :3], name)[3:, 3:])


@every_filter
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (2, 2)])
def test_a_picture_smaller_than_the_kernel_is_filtered_if_its_edge_is_named(tuiconv, name, shape):
    small = random_pixels(*shape)
    Image.fromarray(small).save("small.png")
    pixels = filtered(tuiconv, "small.png", name, "--edge", "reflect")[1]
    np.testing.assert_array_equal(pixels, by_scipy(small, name))


def test_otherwise_a_kernel_larger_than_the_picture_is_refused_with_both_sizes(refused):
    Image.fromarray(random_pixels(4, 9)).save("low.png")
    message = refused(2, "apply-filter", "low.png", "gaussian-5x5", "-o", "out.png")
    assert "the kernel, 5×5 pixels" in message
    assert "the picture, 9×4" in message
    assert "--edge" in message


def test_it_says_what_it_shows(tuiconv, photo):
    done = tuiconv("apply-filter", "photo.png", "edge-8")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("edge-8: ")
    assert "before: 17×12 RGB" in done.out
    assert "after" in done.out
    assert ["-1", "8", "-1"] in [line.split()[:3] for line in done.out.splitlines()]


def test_it_counts_what_did_not_fit(tuiconv):
    # eight times 200 in the middle, minus 200 in each of the eight around it
    dot = np.zeros((5, 5), np.uint8)
    dot[2, 2] = 200
    Image.fromarray(dot).save("dot.png")
    text = tuiconv("apply-filter", "dot.png", "edge-8").out
    assert "sums: −200 to 1,600" in text
    assert "8 of 25 numbers below 0 became 0" in text
    assert "1 above 255 became 255" in text


def test_without_an_output_nothing_is_written(tuiconv, photo, contents):
    before = contents()
    assert tuiconv("apply-filter", "photo.png", "sharpen").status == 0
    assert contents() == before


def test_the_picture_itself_may_be_the_output(tuiconv, photo):
    assert filtered(tuiconv, "photo.png", "identity", target="photo.png")[0] == "RGB"
    np.testing.assert_array_equal(read("photo.png")[1], photo)


def test_a_link_as_output_stays_a_link(tuiconv, photo, folder):
    (folder / "out.png").symlink_to("target.png")
    pixels = filtered(tuiconv, "photo.png", "edge-4")[1]
    assert (folder / "out.png").is_symlink()
    np.testing.assert_array_equal(read("target.png")[1], pixels)


@pytest.mark.parametrize("name", ["a b.png", "ünïcode 写真.png", "line\nbreak.png", "-.png"])
def test_any_name_will_do(tuiconv, photo, folder, name):
    (folder / "photo.png").rename(folder / name)
    done = tuiconv("apply-filter", "-o", f"out {name}", "--", name, "sharpen")
    assert (done.status, done.err) == (0, "")
    assert (folder / f"out {name}").is_file()


def test_what_had_to_change_is_noted_apart_from_the_result(tuiconv):
    Image.fromarray(random_pixels(4, 4, 4)).save("photo.png")
    done = tuiconv("apply-filter", "photo.png", "sharpen", "--channel", "alpha")
    assert done.status == 0
    assert done.err == "note: photo.png: mode RGBA → L, as asked\n"


@pytest.mark.parametrize("options", [[], ["--color", "none"], ["--color", "auto"]])
def test_into_a_pipe_or_without_colour_there_are_no_escape_codes(tuiconv, photo, options):
    assert "\x1b" not in tuiconv("apply-filter", "photo.png", "sharpen", *options).out


@pytest.mark.parametrize(
    ("color", "code", "others"),
    [
        ("truecolor", "38;2;", ["38;5;"]),
        ("256", "38;5;", ["38;2;"]),
        ("16", "\x1b[", ["38;2;", "38;5;"]),
    ],
)
@pytest.mark.parametrize("no_color", ["", "1"])
def test_colours_asked_for_are_the_colours_drawn(
    tuiconv, photo, monkeypatch, color, code, others, no_color
):
    monkeypatch.setenv("NO_COLOR", no_color)  # which --color overrules
    text = tuiconv("apply-filter", "photo.png", "identity", "--color", color).out
    assert code in text
    assert not any(other in text for other in others)


def test_in_true_colour_every_pixel_is_drawn_as_it_is(tuiconv):
    Image.new("RGB", (4, 4), (10, 200, 30)).save("flat.png")
    text = tuiconv("apply-filter", "flat.png", "identity", "--color", "truecolor").out
    assert "38;2;10;200;30" in text
    assert "48;2;10;200;30" in text


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_it_is_no_wider_than_asked_for(tuiconv, photo, width):
    done = tuiconv("apply-filter", "photo.png", "unsharp-5x5", "--width", width)
    assert done.status == 0
    assert max(map(cell_len, done.out.splitlines())) <= width


@pytest.mark.parametrize("width", [40, 60])
def test_in_a_narrow_terminal_no_number_is_cut_off(tuiconv, photo, width):
    text = tuiconv("apply-filter", "photo.png", "unsharp-5x5", "--width", width).out
    assert "of 612 numbers below 0 became 0" in " ".join(text.split())
    assert "above 255 became 255" in " ".join(text.split())


def test_an_ascii_terminal_gets_ascii(photo, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(["apply-filter", "photo.png", "box-blur", "-o", "out.png"]) == 0
    assert stream.buffer.getvalue().isascii()


@pytest.mark.parametrize("name", ["sharpn", "Sharpen", "SHARPEN"])
def test_an_unknown_filter_gets_the_nearest_name_and_where_all_of_them_are(refused, photo, name):
    message = refused(2, "apply-filter", "photo.png", name)
    assert f'"{name}"' in message
    assert "`tuiconv filters`" in message
    assert "did you mean sharpen?" in message


@pytest.mark.parametrize("name", ["", "zzz", "x" * 10_000])
def test_where_no_name_is_near_all_of_them_are_told(refused, photo, name):
    message = refused(2, "apply-filter", "photo.png", name)
    assert "did you mean" not in message
    assert all(known in message for known in KERNELS)
