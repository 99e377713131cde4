import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.data.dataset import Dataset
from tuiconv.errors import UserError
from tuiconv.lessons.network.models import fitted, read_model
from tuiconv.lessons.network.shown import CHUNK, Wrong, disturbed
from tuiconv.nn.network import Network


def test_an_image_moves_down_and_to_the_right_and_black_comes_in():
    pixels = np.arange(1, 7, dtype=np.uint8).reshape(1, 2, 3)
    moved, (told,) = disturbed(pixels, 0, (1, -1), None)
    assert moved.tolist() == [[[0, 0, 0], [2, 3, 0]]]
    assert "1 rows down and -1 columns right" in told.replace("−", "-")
    assert not disturbed(pixels, 0, (2, 0), None)[0].any()


def test_a_square_of_a_quarter_is_made_black_and_stays_within_the_image():
    pixels = np.full((3, 8, 8), 9, np.uint8)
    (black, told), before = disturbed(pixels, 0, (0, 0), (0, 4)), pixels.copy()
    assert np.argwhere(black[2] == 0).tolist() == [[0, 3], [0, 4], [1, 3], [1, 4]]
    assert told == ("Rows 0–1 and columns 3–4 are made black.",)
    np.testing.assert_array_equal(pixels, before)


def test_noise_is_the_same_for_the_same_strength_and_pixels_stay_pixels():
    pixels = np.full((1, 20, 20), 128, np.uint8)
    one, other = (disturbed(pixels, 0.1, (0, 0), None)[0] for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert one.dtype == np.uint8
    assert one.std() == pytest.approx(25.5, rel=0.2)


def test_an_image_of_the_size_of_input_is_left_alone():
    image = np.ones((1, 4, 4), np.uint8)
    found, told = fitted(image, parse("INPUT(1,4,4) -> FC(2)"))
    assert found is image
    assert told == "Its 4×4 pixels are the network's INPUT as they are."


@pytest.mark.parametrize("text", ["INPUT(1,9,12)", "INPUT(3,40,32)", "INPUT(1,50)", "INPUT(1,300)"])
def test_any_image_is_made_to_fit_and_told_how(text):
    image = np.zeros((1, 16, 16), np.uint8)
    image[0, 4:12, 7:9] = 255
    spec = parse(f"{text} -> FC(2)")
    found, told = fitted(image, spec)
    assert found.shape == spec.input
    assert found.any()
    assert "16×16" in told


def test_a_network_that_takes_no_pictures_is_refused_in_one_line():
    with pytest.raises(UserError, match="INPUT is 5×4×4; pictures of 1×8×8 fit one of 1 or 3"):
        fitted(np.zeros((1, 8, 8), np.uint8), parse("INPUT(5,4,4) -> FC(2)"))


def test_networks_are_found_by_name_and_say_whether_they_have_learned(tmp_path):
    assert "trained" in read_model("lenet5").about
    assert "untrained" in read_model("mlp1").about
    net = Network.parse("INPUT(1,3,3) -> FC(2)", seed=5)
    net.save(tmp_path / "tiny.safetensors")
    found = read_model(str(tmp_path / "tiny.safetensors"))
    assert "checkpoint" in found.about
    np.testing.assert_array_equal(found.net.parameters, net.parameters)
    with pytest.raises(UserError, match=r'no network is called "lenet6".*did you mean lenet5'):
        read_model("lenet6")


def wrong_among(labels):
    """Images that are all read as 0, with these labels."""
    net = Network.parse("INPUT(1,2,2) -> FC(3)")
    net.parameters[...] = 0
    images = np.zeros((len(labels), 1, 2, 2), np.uint8)
    labels = np.array(labels)
    return Wrong(net, Dataset("blank", images, np.zeros(len(labels), np.int64)), labels)


def test_the_next_wrong_image_is_found_in_both_directions_and_round_the_end():
    labels = [0] * (2 * CHUNK)
    labels[3] = labels[70] = labels[71] = 1
    wrong = wrong_among(labels)
    assert [wrong.next(k, 1) for k in (0, 3, 70, 71)] == [3, 70, 71, 3]
    assert [wrong.next(k, -1) for k in (0, 71, 70, 3)] == [71, 70, 3, 71]


def test_an_image_of_a_class_that_the_network_does_not_have_is_not_read_wrong():
    assert wrong_among([0, -1, 0]).next(0, 1) is None


def test_the_only_wrong_image_follows_itself():
    assert wrong_among([0, 2, 0]).next(1, 1) == 1
