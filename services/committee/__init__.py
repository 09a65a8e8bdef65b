"""Committee: what local committees keep of their own work.

Owns committees and their members, plans, appeals, sittings with their decisions, meetings and aid.
Consumes ``tirek.intake``, ``tirek.referral`` and ``tirek.notify``, emits on ``tirek.committee``.
No name of anybody stands here: people are ids of notify's register, survivors are in intake alone.
"""
