"""Derived, rebuildable search over profiles and practice cards."""
