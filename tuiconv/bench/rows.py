"""The rows of the table, by the names that `--only` takes."""

from difflib import get_close_matches

from tuiconv.bench import convolutions, memory, networks, pictures, programs
from tuiconv.bench.cases import Case
from tuiconv.errors import RequestError

CASES: tuple[Case, ...] = (
    networks.training("lenet5", 16),
    networks.training("lenet5", 64),
    networks.training("lenet5", 256),
    networks.training("lecture-lenet", 64),
    networks.training("lenet5-1998", 64),
    networks.training("mlp2", 64),
    networks.threads_over_one("lenet5", 256),
    networks.inference("lenet5", 64),
    networks.compiled_inference("lenet5", 64),
    networks.latency("lenet5"),
    *(case for layer in convolutions.LAYERS for case in convolutions.kernels_of(layer)),
    *pictures.cases(),
    *programs.cases(),
    memory.peak("lenet5", 64),
    memory.per_step("lenet5", 64),
)


def select(only: str | None) -> list[Case]:
    """The case of this name, or else the cases whose names begin so; all for None.

    Raises:
        RequestError: there is none; the nearest name is told.
    """
    if only is None:
        return list(CASES)
    named = [case for case in CASES if case.name == only]
    found = named or [case for case in CASES if case.name.startswith(only)]
    if not found:
        raise RequestError(unknown(only))
    return found


def unknown(only: str) -> str:
    """What to say of a name that no row has."""
    names = [case.name for case in CASES]
    nearest = get_close_matches(only, names, 1, cutoff=0.0)
    groups = ", ".join(dict.fromkeys(name.partition("/")[0] for name in names))
    return f"no row is called {only!r}; the nearest is {nearest[0]}; names begin with {groups}"
