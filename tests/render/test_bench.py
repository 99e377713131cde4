import io
from itertools import pairwise

import pytest
from rich.cells import cell_len

from tuiconv.bench.cases import Row
from tuiconv.bench.rows import CASES
from tuiconv.render.bench import bench_table, show_figure, show_ratio
from tuiconv.render.depth import ColorDepth, Display, make_console

PLAIN = Display(ColorDepth.NONE)
MEASURED = [
    Row("train/net/64", 85_512.3, "PyTorch", 9_931.0, 8.61, "images/s"),
    Row("infer/net/1", 10.31, "PyTorch", None, None, "µs", "not installed"),
    Row("memory/net/64/step", 2_830.0, "", None, None, "bytes"),
]


def printed(rows, width=80, display=PLAIN, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    make_console(display, stream, width).print(bench_table(rows, width, display))
    stream.seek(0)
    return stream.read().splitlines()


def cells(lines, name):
    words = [line.replace("|", " ").split() for line in lines]
    (found,) = (row for row in words if row[:1] == [name])
    return found[1:]


def test_a_row_says_both_figures_their_unit_the_peer_and_the_ratio():
    assert cells(printed(MEASURED), "train/net/64") == [
        "85,500", "images/s", "9,930", "PyTorch", "8.61×",
    ]  # fmt: skip


def test_what_is_missing_is_said_where_the_figure_would_be():
    assert cells(printed(MEASURED), "infer/net/1") == ["10.3", "µs", "not", "installed", "PyTorch"]
    assert cells(printed(MEASURED), "memory/net/64/step") == ["2,830", "bytes"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (85_512.3, "85,500"),
        (999.6, "1,000"),
        (172.4, "172"),
        (17.25, "17.2"),
        (5.4219, "5.42"),
        (0.31, "0.310"),
        (0.0123, "0.0123"),
        (0, "0"),
    ],
)
def test_figures_have_three_digits_that_count(value, text):
    assert show_figure(value) == text


@pytest.mark.parametrize(
    ("ours", "theirs", "ratio", "note"),
    [
        (123_456.0, None, 32.1, "not installed"),
        (1_234_567.0, 1_234_567.0, 123.4, ""),
        (1_234_567.0, None, None, "failed"),
    ],
)
def test_eighty_columns_are_enough_for_the_whole_table(ours, theirs, ratio, note):
    rows = [
        Row(case.name, ours, case.peer.name, theirs, ratio, case.unit.name, note) for case in CASES
    ]
    lines = printed(rows)
    assert max(map(cell_len, lines)) <= 80
    for row in rows:
        written = [show_figure(ours), row.unit, show_figure(theirs) if theirs else note, row.peer]
        assert " ".join(cells(lines, row.name)).startswith(" ".join(written).strip())


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.9512, "0.95×"), (8.606, "8.61×"), (12.34, "12.3×"), (None, "")]
)
def test_a_ratio_has_no_digits_that_are_noise(ratio, text):
    assert show_ratio(ratio, "×") == text


@pytest.mark.parametrize("width", [40, 55, 60, 79])
def test_in_a_narrow_terminal_columns_go_and_no_number_is_cut(width):
    lines = printed(MEASURED, width)
    assert max(map(cell_len, lines)) <= width
    assert {"85,500", "8.61×"} <= set(cells(lines, "train/net/64"))


def test_groups_stand_apart():
    lines = [line.strip() for line in printed([MEASURED[0], *MEASURED])]
    rows = [k for k, line in enumerate(lines) if "/net/" in line]
    assert [later - row for row, later in pairwise(rows)] == [1, 2, 2]


def test_an_ascii_display_gets_ascii():
    lines = printed(MEASURED, display=Display(ColorDepth.NONE, unicode=False), encoding="ascii")
    assert max(map(len, lines)) <= 80
    assert cells(lines, "train/net/64")[-1] == "8.61x"
    assert "us" in cells(lines, "infer/net/1")


def test_with_colours_what_is_faster_is_bold_and_without_nothing_is():
    bold = "\n".join(printed(MEASURED, display=Display(ColorDepth.TRUECOLOR)))
    assert bold.count("\x1b[1m") >= 1
    assert "\x1b" not in "\n".join(printed(MEASURED))
