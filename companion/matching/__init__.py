"""From two groups of people to one assignment that explains itself."""
