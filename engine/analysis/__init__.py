"""What holds of a policy set over all requests, proved with z3 and not sampled.

What it offers stands in `engine`, each name with the module it comes from: a proof does not load what compares sets.
"""
