"""Filters: what they are, by name, by their numbers, by a kernel of one's own, and as text."""
