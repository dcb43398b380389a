"""The flows, one module each, in the words of the command line and the screens."""
