"""What a shell offers for a word that is begun, besides commands, options and their choices.

Where nothing here fits, shells offer files.
"""

from collections.abc import Iterable

import typer


def presets(incomplete: str) -> list[str]:
    """Networks by name."""
    from tuiconv.arithmetic import PRESETS

    return beginning(incomplete, PRESETS)


def data_sets(incomplete: str) -> list[str]:
    """Data sets by name."""
    from tuiconv.data.catalog import CATALOG

    return beginning(incomplete, CATALOG)


def fetched_sets(incomplete: str) -> list[str]:
    """Data sets that can be fetched."""
    from tuiconv.data.sources import SOURCES

    return beginning(incomplete, SOURCES)


def filter_names(incomplete: str) -> list[str]:
    """Filters by name."""
    from tuiconv.images.filters.catalog import FILTERS

    return beginning(incomplete, FILTERS)


def filter_behind_pictures(context: typer.Context, incomplete: str) -> list[str]:
    """Filters by name, but for the first word, which is a picture."""
    return filter_names(incomplete) if context.params.get("words") else []


def beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    """Those of the names that begin so."""
    return [name for name in names if name.startswith(incomplete)]
