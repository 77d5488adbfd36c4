"""B1: how many tokens a novel costs to ask for, against what other tools send."""
