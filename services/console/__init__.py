"""The console: accounts, sessions and pages. Knows no rule of referrals and keeps no personal data.

It calls the other services as the person who sits before it, with tokens that it signs for them.
"""
