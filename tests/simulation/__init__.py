"""The rules of referral, lived through in virtual time: seeded, without I/O, laws after each step.

``python -m tests.simulation --seeds 10000`` plays; ``--mutants`` shows that the laws would notice.
"""
