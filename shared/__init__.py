"""The plumbing every service stands on: events, outbox, inbox, consuming, time, keys, tokens.

Owns no rule of referrals. Never imports ``services``.
"""
