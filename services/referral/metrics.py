"""Metrics of referral's own, each with its meaning. Labels are codes of closed lists, never ids."""

from prometheus_client import Counter, Histogram

CLOCK_LATE_SECONDS = Histogram(
    "tirek_referral_clock_late_seconds",
    "From a deadline until the clock has decided what becomes of it",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
OFFERS = Counter("tirek_referral_offers_total", "Offers that came to a state", ["status"])
LATE_OFFERS = Counter(
    "tirek_referral_late_offers_total", "Offers accepted after their deadline: somebody waited"
)
CLOSED_REQUESTS = Counter(
    "tirek_referral_closed_requests_total",
    "Service requests that a coordinator ended, by why, and whether the need stays unmet",
    ["reason", "unmet"],
)
