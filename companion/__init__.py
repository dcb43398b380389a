"""Companion: an AI-assisted companion for reverse mentoring."""

__version__ = "0.1.0"
