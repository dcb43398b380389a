"""The programme file and the arc: every error explained at its line, templates, changes that keep comments."""
