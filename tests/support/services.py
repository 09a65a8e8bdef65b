"""Services that referrals go through, and that stand in every town: they hear of one another.

The console only looks on, and what a committee does besides is no referral's way.
"""

LISTENING = ("intake", "referral", "notify")
