"""A run of training under a learner's hands: step by step, forward and back, changed on the way."""
