"""How many random examples a test tries: a few that are always the same, or many others.

``make soak`` asks for many by NETSUITE_EXAMPLES in the environment.
"""

import os
import random

EXAMPLES = int(os.environ.get("NETSUITE_EXAMPLES", 0))
# An example of many rounds counts as so many.
_ROUNDS = 10


def seeds(*few):
    """Return `few` seeds, or as many random ones as were asked for."""
    if not EXAMPLES:
        return few
    return [random.randrange(10**9) for _each in range(max(EXAMPLES // _ROUNDS, 1))]


def orders(*few, of):
    """Return `few` sequences, or as many random orders of `of` as were asked for."""
    return few if not EXAMPLES else [random.Random(seed).sample(of, len(of)) for seed in seeds()]
