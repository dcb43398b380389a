"""Documents for people who never log in; one module per format."""
