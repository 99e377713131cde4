"""Labelled images: digits drawn by strokes, MNIST's files, and where they are found."""
