"""Reads comments: what each statement is about, by a light head that is trained on written examples."""
