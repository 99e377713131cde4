"""`tuiconv filters`: the named filters with their kernels."""

import json

from tuiconv.cli.options import Json


def filters(as_json: Json = False) -> None:
    """List the named filters and the kernel of each.

    \b
    Example:
      tuiconv filters
    """
    from tuiconv.images.filters import FILTERS, kernel_text

    if as_json:
        listing = [
            {
                "name": named.name,
                "kernel": named.kernel.tolist(),
                "description": named.description,
            }
            for named in FILTERS.values()
        ]
        print(json.dumps(listing, indent=2))
        return
    for named in FILTERS.values():
        print(f"{named.name}: {named.description}")
        for line in kernel_text(named.kernel).splitlines():
            print(f"    {line}")
        print()
    print("Try one: tuiconv apply-filter IMAGE edge-8")
