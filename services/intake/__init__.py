"""Intake: what was reported, about whom, and what they allow.

Owns incidents, persons (encrypted, keys in a key store of their own), drafts, consents, exclusions,
risk levels and the record of every reading. Emits ``incident.reported``, ``consent.given``,
``consent.withdrawn`` and ``exclusions.changed`` on ``tirek.intake``; consumes ``tirek.referral`` to
show progress and to end readings, and ``tirek.notify`` to know whom an incident is hidden from.
"""
