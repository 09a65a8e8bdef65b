"""Services that referrals go through: they hear of one another. The console only looks on."""

from shared.events import services

LISTENING = tuple(name for name, each in services.SERVICES.items() if each.consumes)
