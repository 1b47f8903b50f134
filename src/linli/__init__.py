"""Linli 邻里: the neighbourhood help loop, from a need to the evidence that it was met."""

__version__ = "0.1.0"
