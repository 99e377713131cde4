import json

import numpy as np

from tuiconv.images.filters import FILTERS


def test_every_filter_is_named_with_its_kernel(tuiconv):
    done = tuiconv("filters")
    assert (done.status, done.err) == (0, "")
    for name in FILTERS:
        assert f"\n{name}: " in "\n" + done.out
    sharpen = done.out.split("\nsharpen: ")[1].splitlines()
    assert [line.split() for line in sharpen[1:4]] == [
        ["0", "-1", "0"],
        ["-1", "5", "-1"],
        ["0", "-1", "0"],
    ]


def test_the_list_ends_with_something_to_try(tuiconv):
    _, command = tuiconv("filters").out.rstrip().rsplit("tuiconv ", 1)
    assert command.split()[0] == "apply-filter"
    assert command.split()[-1] in FILTERS


def test_as_json_every_filter_has_a_name_a_kernel_and_a_description(tuiconv):
    listing = json.loads(tuiconv("filters", "--json").out)
    assert [entry["name"] for entry in listing] == list(FILTERS)
    for entry in listing:
        assert entry.keys() == {"name", "kernel", "description"}
        np.testing.assert_array_equal(entry["kernel"], FILTERS[entry["name"]].kernel)
