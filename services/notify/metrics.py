"""Notify's own metrics, each with its meaning. Labels are codes of closed lists, never ids."""

from prometheus_client import Counter, Gauge, Histogram

from shared.jurisdiction.texts import TEMPLATES

MESSAGES = Counter(
    "tirek_notify_messages_total", "Attempts to send, by how they ended", ["channel", "outcome"]
)
ALERTS = Counter("tirek_notify_alerts_total", "Alerts settled, by outcome and reason", ["outcome"])
ALERT_SECONDS = Histogram(
    "tirek_notify_alert_seconds",
    "From an alert's coming to notify until a provider took its first message",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
REPLIES = Counter("tirek_notify_replies_total", "Texts received, by what they were", ["outcome"])
TEXTS_UNREAD = Counter(
    "tirek_notify_texts_unread_total", "Texts received in a coding or with letters we do not know"
)
GUESSING = Counter(
    "tirek_notify_guessing_total", "Numbers from which many wrong codes came within an hour"
)
NOTICES_TO_NOBODY = Counter(
    "tirek_notify_notices_to_nobody_total", "Notices for which no person at all could be found"
)
NOTICES_UNHEARD = Counter(
    "tirek_notify_notices_unheard_total", "Notices of which no message was sent", ["template"]
)
for _template in (each for each in TEMPLATES if each.startswith("notice-")):
    NOTICES_UNHEARD.labels(_template)  # from 0 on: the first one would be no increase otherwise
BOUND = Gauge("tirek_notify_sms_bound", "1 while a bind to the SMS provider is up", ["lane"])
MAIL_REACHED = Gauge("tirek_notify_mail_reached", "1 unless the mail server kept us out last time")
HELD = Gauge("tirek_notify_lane_held", "1 while this worker has the lane", ["lane"])
IN_FLIGHT = Gauge("tirek_notify_in_flight", "Messages in a sender's hands", ["lane"])
