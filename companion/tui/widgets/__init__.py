"""Widgets that know domain models only."""
