"""Labelled images: drawn by strokes, read from the usual files, and where these are found."""
