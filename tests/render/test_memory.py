import pytest

from tuiconv.arithmetic import parse
from tuiconv.arithmetic.memory import memory
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import block_width
from tuiconv.render.memory import memory_lines

PLAIN = Display(ColorDepth.NONE)
NET = parse("INPUT(1,32,32) -> FC(1000)")  # 1,025,000 parameters, 2,024 activations


def rows(batch=1, size=4, training=None, width=80):
    told = memory(NET, batch, size, training)
    lines = memory_lines(told, batch, size, training, width, PLAIN)
    return ["".join(segment.text for segment in line) for line in lines]


def test_forward_there_are_activations_parameters_and_images():
    assert rows() == [
        "one image, 4 bytes a number, forward only:",
        "memory         numbers      bytes   MiB",
        "───────────────────────────────────────",
        "activations      2,024      8,096  0.01",
        "parameters   1,025,000  4,100,000  3.91",
        "images           1,024      4,096  0.00",
        "───────────────────────────────────────",
        "total        1,028,048  4,112,192  3.92",
    ]


def test_training_adds_gradients_and_what_the_optimizer_keeps():
    lines = rows(batch=1024, size=8, training="adam")
    assert lines[0] == "1,024 images, 8 bytes a number, training with adam:"
    assert [line.split("  ")[0] or line.split("  ")[1] for line in lines[3:-2]] == [
        *["activations", "their gradients", "parameters", "their gradients"],
        *["kept by the optimizer", "images"],
    ]
    numbers = 2 * 2024 * 1024 + 4 * 1_025_000 + 1024 * 1024
    assert lines[-1].split() == [
        *["total", f"{numbers:,}", f"{8 * numbers:,}", f"{8 * numbers / 2**20:,.2f}"]
    ]


def test_plain_gradient_descent_keeps_nothing():
    assert not any("optimizer" in line for line in rows(training="sgd"))


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (39, "memory numbers bytes MiB"),
        (38, "memory bytes MiB"),
        (28, "memory bytes MiB"),
        (27, "memory MiB"),
    ],
)
def test_where_there_is_no_room_columns_are_left_out(width, columns):
    lines = rows(width=width)
    assert next(line for line in lines if line.startswith("memory")).split() == columns.split()


def test_the_block_is_no_wider_than_asked_for():
    told = memory(NET)
    for width in range(20, 60):
        assert block_width(memory_lines(told, 1, 4, None, width, PLAIN)) <= width
