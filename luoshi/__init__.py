"""Luoshi (落实): from words to done."""

__version__ = "0.1.0"
