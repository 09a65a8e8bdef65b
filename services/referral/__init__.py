"""Referral: from a need to a provider who said yes, or to a human who knows that nobody did.

Owns the directory, service requests, offers, the ladder and its only clock, decision records.
Consumes ``tirek.intake`` and ``tirek.notify``; emits on ``tirek.referral``.
"""
