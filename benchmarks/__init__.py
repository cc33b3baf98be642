"""`make bench`: what the site costs, beside the least that Django could do for the same request.

Reading order: __main__ (the run) · effort (how much it does) · throwaway (its own data folder, database and servers) ·
bare (the comparison) · rounds (all kinds of requests in turns) · traffic (what is sent) · load (sends it) ·
desk (the triage list at two sizes) · table (figures, targets, verdicts).
docs/benchmarks.md says what the figures mean.
"""
