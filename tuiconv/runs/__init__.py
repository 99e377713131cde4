"""Runs of training: what a run file asks for, done, kept in a directory, and taken up again."""
