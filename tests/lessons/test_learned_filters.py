import numpy as np
import pytest

from tuiconv.errors import UserError
from tuiconv.images.apply import Settings, filter_picture
from tuiconv.images.pictures import Picture
from tuiconv.lessons.learned_filters import learned_filter, model_and_number
from tuiconv.nn.network import Network
from tuiconv.nn.shipped import load_model


@pytest.fixture
def saved(tmp_path):
    """Writes a network with random weights; the path without its number."""

    def save(spec):
        path = tmp_path / "net.safetensors"
        Network.parse(spec, seed=4).save(path)
        return str(path)

    return save


def refusal(text):
    """The one line that a model is refused with, and its exit status."""
    with pytest.raises(UserError) as caught:
        learned_filter(text)
    assert "\n" not in str(caught.value)
    return str(caught.value), caught.value.exit_status


def convolved(model, kernel, image):
    """What a network's first convolution makes of an image (c h w), less its bias."""
    conv = next(layer for layer in Network.load(model).layers if layer.name == "conv1")
    out = conv.forward(image[np.newaxis].astype(np.float32))[0, kernel]
    bias = conv.parameters.get("bias")
    return out - (0 if bias is None else bias[kernel])


def sums_of(named, pixels, mode):
    settings = Settings(edge="zero", padding=(0, 0))
    stage = filter_picture(Picture(pixels, mode), (named,), settings).stages[-1]
    return stage.rows(0, stage.height).values


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("lenet5", ("lenet5", None)),
        ("lenet5:3", ("lenet5", 3)),
        ("runs/a:b.safetensors:12", ("runs/a:b.safetensors", 12)),
        (r"C:\nets\a.safetensors", (r"C:\nets\a.safetensors", None)),
        (r"C:\nets\a.safetensors:0", (r"C:\nets\a.safetensors", 0)),
        ("lenet5:-1", ("lenet5", -1)),
        ("lenet5:x", ("lenet5:x", None)),
        (":3", (":3", None)),
    ],
)
def test_the_number_stands_behind_the_last_colon_if_it_is_one(text, parts):
    assert model_and_number(text) == parts


def test_a_kernel_of_the_shipped_network_is_its_first_convolutions():
    named = learned_filter("lenet5:3")
    assert named.name == "lenet5:3"
    np.testing.assert_array_equal(
        named.matrices[""], load_model("lenet5").state_dict()["conv1.weight"][3, 0]
    )
    assert "Kernel 3 of conv1" in named.description
    assert "without its bias" in named.description


@pytest.mark.parametrize("kernel", [0, 1, 3])
@pytest.mark.parametrize("options", ["", ",bias=none", ",dilation=2", ",stride=1,pad=1"])
def test_a_grey_networks_filter_makes_its_map_but_for_the_bias(saved, kernel, options):
    model = saved(f"INPUT(1,9,8) -> CONV(4,(3,1){options}) -> FC(2)")
    pixels = np.random.default_rng(0).integers(0, 256, (9, 8), dtype=np.uint8)
    found = sums_of(learned_filter(f"{model}:{kernel}"), pixels, "L")[:, :, 0]
    wanted = convolved(model, kernel, pixels[np.newaxis])
    if "pad" in options:
        wanted = wanted[1:-1, 1:-1]
    np.testing.assert_allclose(found, wanted, atol=1e-3)


@pytest.mark.parametrize("kernel", [0, 2, 5])
@pytest.mark.parametrize("options", ["", ",groups=3"])
def test_a_colour_networks_filter_adds_up_the_colours_it_looks_at(saved, kernel, options):
    model = saved(f"INPUT(3,7,8) -> CONV(6,3{options}) -> FC(2)")
    named = learned_filter(f"{model}:{kernel}")
    assert named.matrices.keys() == {"R", "G", "B"}
    pixels = np.random.default_rng(0).integers(0, 256, (7, 8, 3), dtype=np.uint8)
    found = sums_of(named, pixels, "RGB")
    assert found.shape == (5, 6, 1)
    wanted = convolved(model, kernel, pixels.transpose(2, 0, 1))
    np.testing.assert_allclose(found[:, :, 0], wanted, atol=1e-3)


def test_the_first_convolution_has_whatever_name_and_place(saved):
    model = saved("INPUT(1,12,12) -> POOL(2) -> eye: CONV(2,3) -> CONV(3,3) -> FC(2)")
    assert "Kernel 1 of eye" in learned_filter(f"{model}:1").description


def test_a_network_with_one_kernel_needs_no_number(saved):
    model = saved("INPUT(1,8,8) -> CONV(1,3) -> FC(2)")
    assert learned_filter(model).name == f"{model}:0"
    message, status = refusal(f"{model}:1")
    assert status == 2
    assert f"conv1 has 1 kernel, no number 1; expected {model}:0" in message


def test_without_a_number_one_is_told_how_many_there_are():
    assert refusal("lenet5") == (
        "lenet5: conv1 has 6 kernels; which one? expected lenet5:0 to lenet5:5",
        2,
    )


@pytest.mark.parametrize("number", [6, -1, 999999999])
def test_a_kernel_that_is_not_there_is_refused_with_those_that_are(number):
    assert refusal(f"lenet5:{number}") == (
        f"lenet5: conv1 has 6 kernels, no number {number}; expected lenet5:0 to lenet5:5",
        2,
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("INPUT(1,8,8) -> FC(4)", "has no convolution to take a kernel from"),
        ("INPUT(1,8,8) -> LOCAL(2,3) -> FC(4)", "has no convolution to take a kernel from"),
        ("INPUT(1,20) -> CONV(2,3) -> FC(4)", "conv1 slides along one dimension, not over a"),
        ("INPUT(2,8,8) -> CONV(2,3) -> FC(4)", "conv1 looks at 2 channels; expected 1, grey, or 3"),
        ("INPUT(1,8,8) -> CONV(2,4) -> FC(4)", "conv1 has 4×4 kernels; expected an odd height"),
        ("INPUT(1,8,8) -> CONV(2,(3,2)) -> FC(4)", "conv1 has 3×2 kernels; expected an odd height"),
    ],
)
def test_a_network_without_a_kernel_for_pictures_is_refused_in_one_line(saved, spec, message):
    model = saved(spec)
    said, status = refusal(f"{model}:0")
    assert status == 2
    assert said.startswith(f"{model}: ")
    assert message in said


def test_a_model_is_looked_for_as_by_predict(tmp_path):
    said, status = refusal("lecture-lenet:0")
    assert said.startswith("lecture-lenet: there is no such file; expected a checkpoint, or lenet5")
    assert status == 1
    (tmp_path / "bad").write_bytes(b"no network")
    said, status = refusal(f"{tmp_path / 'bad'}:0")
    assert (status, "not a whole safetensors file" in said) == (1, True)


def test_weights_that_are_no_numbers_are_refused(tmp_path):
    net = Network.parse("INPUT(1,8,8) -> CONV(2,3) -> FC(2)")
    net.layers[0].parameters["weight"][1] = np.nan
    net.save(tmp_path / "net.safetensors")
    model = tmp_path / "net.safetensors"
    assert np.isfinite(learned_filter(f"{model}:0").matrices[""]).all()
    assert refusal(f"{model}:1") == (
        f"{model}: kernel 1 of conv1 has numbers that are not finite",
        1,
    )
