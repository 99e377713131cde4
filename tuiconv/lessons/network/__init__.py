"""A network from inside: its layers on one digit, one map of them, one unit as its arithmetic."""
