import io

from tuiconv.render.depth import ColorDepth, Display, make_console
from tuiconv.render.series import series_table
from tuiconv.runs.series import Row

ROWS = [
    Row("digits-1989-net1", 2570, 10, 0.99125, 0.0025, 0.7164, 0.04, 40, 0.31),
    Row("digits-1989-net2", 3214, 10, 1.0, 0.0, 0.8, 0.015, 12.5, 1.24),
]


def printed(display, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    make_console(display, stream, 80).print(series_table(ROWS, display))
    stream.seek(0)
    return stream.read().splitlines()


def test_a_line_has_means_and_deviations_in_percent():
    heading, _, first, second = printed(Display(ColorDepth.NONE))
    assert heading.split() == [
        *("net", "parameters", "training", "%", "test", "%", "epochs", "seconds"),
    ]
    assert first.split() == [
        *("digits-1989-net1", "2,570", "99.12", "±", "0.25", "71.64", "±", "4.00"),
        *("40", "0.3"),
    ]
    assert second.split()[2:] == ["100.00", "±", "0.00", "80.00", "±", "1.50", "12.5", "1.2"]


def test_without_unicode_there_is_none():
    lines = printed(Display(ColorDepth.NONE, unicode=False), "ascii")
    assert any("99.12 +- 0.25" in line for line in lines)


def test_a_long_network_goes_on_in_the_next_line_and_no_number_is_cut():
    spec = "INPUT(1,16,16) -> " + "FC(10) -> STANH -> " * 5 + "FC(10)"
    row = Row(spec, 10_000_000, 10, 1.0, 0.0, 0.8, 0.015, 40, 12_345.6)
    stream = io.StringIO()
    display = Display(ColorDepth.NONE)
    make_console(display, stream, 80).print(series_table([row], display))
    lines = stream.getvalue().splitlines()
    assert lines[2].split()[-8:] == [
        *("10,000,000", "100.00", "±", "0.00", "80.00", "±", "1.50", "40", "12345.6")[1:],
    ]
    assert "".join(line[:18].strip() for line in lines[2:]).replace(" ", "")[:12] == "INPUT(1,16,1"
    assert all(len(line) <= 80 for line in lines)
