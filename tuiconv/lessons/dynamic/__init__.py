"""Dynamic input length: a network without a fixed size, unit by unit and on a line of digits."""
