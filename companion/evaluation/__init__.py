"""How good the work is, in numbers: cases in YAML, deterministic scorers, means with intervals. No judge model.

A *case* says what is given and what a good result has; a *run* is what came out of it; a *scorer* looks at a run and
returns a bool, a number, or None where it does not apply. The cases lie in ``tests/evals/`` of a checkout, in ``dev``
(to work with) and ``test`` (written before the prompts were tuned, and never read while tuning).
"""
