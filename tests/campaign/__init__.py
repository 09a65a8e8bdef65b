"""The campaign: Tirek is attacked for hours, and people outside it count what was lost.

``make campaign`` plays rounds. A round is one fault (`faults`) on a fresh stack of its own: people
report and answer (`people`) while the fault is made, then there is calm, and then the oracle
(`oracle`) reads the databases, the topics and the ledger (`ledger`), which stands outside the
system, and counts what does not fit. `runner` plays them one after another and resumes;
`report` writes the table that is kept in ``docs/evidence``.
"""
