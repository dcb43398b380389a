"""The programme file: read with every error explained at its line, written as a template, changed with its comments."""
