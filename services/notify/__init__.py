"""Notify: the staff register, who is on duty, what people are told, and what they answer.

Owns people, rosters, messages, deliveries, answers. Consumes ``tirek.referral`` (offers, judged
answers, notices, organisations); emits ``alert.sent``, ``alert.unreachable``, ``answer.received``
and ``staff.changed`` on ``tirek.notify``. It owns no rule about why somebody is told.
"""
