"""Run files: what is read, what is refused, and that what is written is read back the same."""

import tomllib
from dataclasses import MISSING, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.data.distortions import LIMITS, Distortions
from tuiconv.errors import RequestError
from tuiconv.nn.initialisers import INITIALISERS
from tuiconv.nn.losses import LOSSES
from tuiconv.nn.optimizers import OPTIMIZERS
from tuiconv.nn.schedules import SCHEDULES
from tuiconv.runs.given import TYPES, Given, settings_from
from tuiconv.runs.settings import (
    DataSettings,
    OptimizerSettings,
    ScheduleSettings,
    SeriesSettings,
    Settings,
)
from tuiconv.runs.toml import LARGEST, lines_of, read_override, read_run_file, to_toml

WHOLE = """
net = "lenet5"  # a preset
loss = "squared"
initialiser = "he"
epochs = 4
batch_size = 32
seed = 7
threads = 2
until = "test_accuracy >= 0.99"
output = "runs/lenet5"

[data]
name = "mnist"
dir = "../shared/data"
train = 320
test = 160
size = 16
held_out = 10000
positions = 4
none = 0.1

[distortions]
shift = 2.0
elastic = 1

[optimizer]
name = "adam"
lr = 1e-3
weight_decay = 0.5
clip = 1.0

[schedule]
name = "cosine"

[series]
nets = ["mlp1", "mlp2"]
seeds = 10
"""


@pytest.fixture
def file(tmp_path):
    """A run file with this text, in UTF-8 or as bytes."""

    def write(content):
        path = tmp_path / "run.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def refused(file):
    """What is said of a run file that is refused, without its folder."""

    def read(content):
        path = file(content)
        with pytest.raises(RequestError) as caught:
            settings_from(read_run_file(path))
        message = str(caught.value)
        assert message.startswith(str(path))
        assert "\n" not in message
        return message.removeprefix(f"{path.parent}/")

    return read


def test_every_setting_is_read(file):
    assert settings_from(read_run_file(file(WHOLE))) == Settings(
        net="lenet5",
        loss="squared",
        initialiser="he",
        epochs=4,
        batch_size=32,
        seed=7,
        threads=2,
        until="test_accuracy >= 0.99",
        output="runs/lenet5",
        data=DataSettings("mnist", "../shared/data", 320, 160, 16, 10_000, 4, 0.1),
        distortions=Distortions(shift=2.0, elastic=1.0),
        optimizer=OptimizerSettings("adam", 1e-3, None, 0.5, 1.0),
        schedule=ScheduleSettings("cosine"),
        series=SeriesSettings(("mlp1", "mlp2"), 10),
    )


def test_an_empty_file_has_the_defaults(file):
    assert settings_from(read_run_file(file(""))) == Settings()


def test_an_empty_table_is_there_with_its_defaults(file):
    found = settings_from(read_run_file(file("[distortions]\n[optimizer]")))
    assert found == Settings(distortions=Distortions())


@pytest.mark.parametrize(
    "text",
    [
        "[optimizer]\nlr = 0.5",
        "optimizer.lr = 0.5",
        "optimizer = {lr = 0.5}",
        "[ 'optimizer' ] # learning\n\"lr\" = 5e-1",
        "[optimizer]\r\nlr = 0.5\r\n",
    ],
)
def test_toml_may_be_written_in_its_ways(file, text):
    assert settings_from(read_run_file(file(text))).optimizer.lr == 0.5


def test_a_whole_number_is_a_number_but_no_number_is_a_whole_one(file, refused):
    lr = settings_from(read_run_file(file("[optimizer]\nlr = 1"))).optimizer.lr
    assert (lr, type(lr)) == (1.0, float)
    assert refused("epochs = 4.0") == "run.toml, line 1: epochs is 4.0; expected a whole number"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nets = 'lenet5'", 'line 1: there is no setting "nets"; did you mean net?'),
        ("\n\nlr = 0.1", 'line 3: there is no setting "lr"; did you mean optimizer.lr?'),
        (
            "[optimizer]\n# the rate\nzzz = 1",
            'line 3: there is no setting "optimizer.zzz"; there are name, lr, momentum,'
            " weight_decay, clip",
        ),
        ("[data]\nnaem = 'mnist'", 'there is no setting "data.naem"; did you mean data.name?'),
        (
            "[distortions]\nshfit = 1",
            '"distortions.shfit"; did you mean distortions.shift?',
        ),
        ("[optimiser]\nlr = 1", 'line 2: there is no setting "optimiser.lr"; did you mean'),
        ("epochs = 1\n[a.b.c]\nd = 1", 'line 2: there is no setting "a.b"; there are net,'),
        ("[optimiser]", 'line 1: there is no setting "optimiser"; did you mean'),
        ("[epochs]\nx = 1", 'line 2: there is no setting "epochs.x"; did you mean epochs?'),
        ("xyz = 1", '"xyz"; there are net, weights, initialiser, loss, epochs'),
        ("epochs = 'four'", 'line 1: epochs is "four"; expected a whole number'),
        ("epochs = true", "line 1: epochs is true; expected a whole number"),
        ("epochs = [4]", "line 1: epochs is [4]; expected a whole number"),
        ("epochs = 1979-05-27", "line 1: epochs is 1979-05-27; expected a whole number"),
        ("net = 5", "line 1: net is 5; expected a text"),
        ("[series]\nnets = 'mlp1'", 'line 2: series.nets is "mlp1"; expected a list of texts'),
        ("[series]\nnets = [1]", "line 2: series.nets is [1]; expected a list of texts"),
        ("[series]\nnets = ['mlp3']", 'line 2: series.nets: no preset is called "mlp3"'),
        ("net = {a = 1}", 'line 1: there is no setting "net.a"; did you mean'),
        ("epochs = 0", "line 1: epochs is 0; expected a whole number of at least 1"),
        ("[optimizer]\nlr = nan", "line 2: optimizer.lr is nan; expected a number above 0"),
        ("[optimizer]\nlr = -inf", "line 2: optimizer.lr is -inf; expected a number above 0"),
        ("[optimizer]\nlr = 1e999", "line 2: optimizer.lr is inf; expected a number above 0"),
        ("[optimizer]\nlr = '0.1'", 'line 2: optimizer.lr is "0.1"; expected a number'),
        ("optimizer = {lr = 0}", "line 1: optimizer.lr is 0.0; expected a number above 0"),
        (
            "[optimizer]\n\nname = 'adma'",
            'line 3: optimizer.name "adma"; expected one of sgd, momentum, nesterov, adagrad,'
            " rmsprop, adam, natural; did you mean adam?",
        ),
        (
            "optimizer = 'adam'",
            'line 1: optimizer is "adam"; expected a table [optimizer] of name, lr, momentum,',
        ),
        ("[[data]]\nname = 'mnist'", "line 1: data is [{'name': 'mnist'}]; expected a table"),
        ("[data]\nname = 'mnst'", 'line 2: data.name: no data set is called "mnst"'),
        ("[distortions]\nshift = nan", "line 2: distortions.shift is nan; expected 0 to 1000"),
        ("\nnet = 'lenet6'", 'line 2: net: no preset is called "lenet6"'),
        ("until = 'accuracy'", 'line 1: until "accuracy"; expected a metric'),
        ("epochs = 4\nepochs = 5", "not TOML: Cannot overwrite a value (at "),
        ("epochs = ", "not TOML: Invalid value (at end of document)"),
        ("epochs = 4\n]", "not TOML: Invalid statement (at line 2, column 1)"),
        (b"net = '\xff'", "not UTF-8 at byte 7"),
        (b"\x00", "not TOML"),
        ("a = " + "[" * 20_000, "nested too deeply"),
        ("a = " + "{a=" * 10_000, "nested too deeply"),
        ("epochs = 1" + "0" * 5000, "a number has too many digits"),
        ("epochs = 0x" + "f" * 40_000, "epochs is a whole number of 160000 bits"),
        ("[optimizer]\nlr = 0x" + "f" * 999, "optimizer.lr is a whole number of 3996 bits"),
        (".".join("a" * 3000) + " = 1", 'there is no setting "a.a"'),
        ("net = '" + "x" * 10_000 + "'", 'no preset is called "xxx'),
        ("x" * 10_000 + " = 1", "there is no setting"),
        ("#" * LARGEST + "\n", f"more than {LARGEST:,} bytes; no run file is as long"),
    ],
    ids=lambda value: str(value[:30]),
)
def test_what_is_wrong_is_told_with_its_line_and_what_is_allowed(refused, text, message):
    assert message in refused(text)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.toml", "none.toml: No such file or directory"),
        ("folder.toml", "folder.toml: Is a directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, message):
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(RequestError) as caught:
        read_run_file(tmp_path / name)
    assert message in str(caught.value)


def test_lines_are_counted_as_an_editor_does():
    text = '\n# net = 1\nnet = "a"\n[data]\n\n  name = "b"\n[ optimizer ]\n"lr"= 1\nc . d = 2\n'
    assert lines_of(text) == {
        "net": 3,
        "data": 4,
        "data.name": 6,
        "optimizer": 7,
        "optimizer.lr": 8,
        "optimizer.c.d": 9,
        "optimizer.c": 9,
    }


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("optimizer.lr=0.02", "optimizer.lr", 0.02),
        ("optimizer.lr = 2e-2 ", "optimizer.lr", 0.02),
        ("epochs=4", "epochs", 4),
        ('optimizer.name="adam"', "optimizer.name", "adam"),
        ("optimizer.name=adam", "optimizer.name", "adam"),
        ("schedule.name=1998", "schedule.name", "1998"),
        ("until=test_accuracy >= 0.99", "until", "test_accuracy >= 0.99"),
        ("net=INPUT(1,8,8) -> CONV(4,3,pad=1) -> FC(3)", "net", None),
        ("output=true", "output", "true"),
        ("optimizer={lr=0.02}", "optimizer.lr", 0.02),
        ("epochs=four", "epochs", "four"),
        ("epochs=1\nseed=2", "epochs", "1\nseed=2"),
        ("bogus=1", "bogus", 1),
        ("epochs=" + "[" * 9999, "epochs", "[" * 9999),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_setting_may_be_written_as_key_and_value(text, key, value):
    written = text.partition("=")[2]
    assert read_override(text) == {key: Given(written if value is None else value, "--set")}


@pytest.mark.parametrize("text", ["epochs", "=4", "", " = "])
def test_a_setting_without_a_key_or_an_equals_sign_is_quoted(text):
    with pytest.raises(RequestError) as caught:
        read_override(text)
    assert str(caught.value) == f'--set "{text}"; expected KEY=VALUE, such as optimizer.lr=0.02'


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
COUNTS = st.integers(1, 2**63 - 1)


def positive(below=1e300):
    return st.floats(0, below, exclude_min=True)


def maybe(strategy):
    return st.none() | strategy


def named(names):
    return st.sampled_from(sorted(names))


SETTINGS = st.builds(
    Settings,
    net=maybe(st.sampled_from(["lenet5", "INPUT(1,8,8) -> FC(3)"])),
    weights=maybe(TEXTS),
    initialiser=named(INITIALISERS),
    loss=named(LOSSES),
    epochs=COUNTS,
    batch_size=COUNTS,
    seed=COUNTS,
    threads=maybe(COUNTS),
    until=maybe(st.just("test_loss < 0.5")),
    output=maybe(TEXTS),
    data=st.builds(
        DataSettings,
        name=named(["strokes", "mnist"]) | TEXTS.map(lambda text: f"{text}.npz"),
        dir=maybe(TEXTS),
        train=maybe(COUNTS),
        test=maybe(COUNTS),
        size=maybe(COUNTS),
        held_out=maybe(COUNTS),
        positions=maybe(COUNTS),
        none=maybe(positive(0.9)),
    ),
    distortions=maybe(
        st.builds(
            Distortions,
            **{name: st.floats(least, most) for name, (least, most, _) in LIMITS.items()},
        )
    ),
    optimizer=st.builds(
        OptimizerSettings,
        name=named(OPTIMIZERS),
        lr=maybe(positive()),
        momentum=maybe(st.floats(0, 1, exclude_max=True)),
        weight_decay=st.floats(0, 1e300),
        clip=maybe(positive()),
    ),
    schedule=st.builds(ScheduleSettings, name=named(SCHEDULES)),
    series=maybe(
        st.builds(
            SeriesSettings,
            nets=st.lists(st.sampled_from(["mlp1", "INPUT(1,8,8) -> FC(3)"])).map(tuple),
            seeds=COUNTS,
        )
    ),
)


@given(SETTINGS)
def test_what_is_written_is_read_back_the_same(tmp_path_factory, settings):
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_bytes(to_toml(settings).encode())
    assert settings_from(read_run_file(path)) == settings


@given(SETTINGS)
def test_every_key_that_is_written_has_its_line(settings):
    text = to_toml(settings)
    lines, values = lines_of(text), tomllib.loads(text)
    for key in TYPES:
        table, _, name = key.rpartition(".")
        if name in (values.get(table, {}) if table else values):
            assert text.split("\n")[lines[key] - 1].startswith(f"{name} = ")


def test_every_setting_has_a_default_or_may_be_left_out():
    for each in fields(Settings):
        assert each.default is not MISSING
