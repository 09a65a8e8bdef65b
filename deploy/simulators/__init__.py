"""Stand-ins for the outside world: an SMSC with a page of phones, and a mail catcher.

They share no code with the services, so that what they saw is evidence.
"""
