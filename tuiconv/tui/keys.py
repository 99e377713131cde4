"""The keys that work on a screen now, with what each does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from textual.binding import ActiveBinding
from textual.dom import DOMNode
from textual.screen import Screen


@dataclass(frozen=True)
class Keys:
    """Keys of one name, such as the four arrows."""

    keys: str
    """As they are written."""
    name: str
    sentence: str
    """What they do; nothing where the name says it."""
    actions: tuple[str, ...]
    node: DOMNode
    """What carries out the actions."""


def keys_of(screen: Screen[Any]) -> Iterator[Keys]:
    """Every key that works on a screen, those of one name together."""
    named = dict[str, list[ActiveBinding]]()
    for active in screen.active_bindings.values():
        if active.enabled and active.binding.description and not active.binding.system:
            named.setdefault(active.binding.description, []).append(active)
    for name, actives in named.items():
        node, first, _, sentence = actives[0]
        bindings = [active.binding for active in actives]
        keys = first.key_display or " ".join(map(screen.app.get_key_display, bindings))
        actions = tuple(dict.fromkeys(binding.action for binding in bindings))
        yield Keys(keys, name, sentence, actions, node)
