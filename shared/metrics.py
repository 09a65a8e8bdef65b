"""Every metric of the plumbing, each with its meaning. Labels are codes, never ids."""

from prometheus_client import Counter, Gauge, Histogram

OUTBOX_UNPUBLISHED = Gauge("tirek_outbox_unpublished", "Outbox rows not yet acknowledged by Kafka")
OUTBOX_REFUSED = Gauge(
    "tirek_outbox_refused", "Outbox rows that no process of the service said, or not so"
)
OUTBOX_AGE = Gauge("tirek_outbox_oldest_seconds", "Age of the oldest unpublished outbox row")
PUBLISHED = Counter("tirek_events_published_total", "Events acknowledged by Kafka", ["type"])
REPUBLISHED = Counter(
    "tirek_events_republished_total", "Events taken back to be published again after a loss"
)
LEASES_TAKEN_OVER = Counter(
    "tirek_leases_taken_over_total", "Leases taken from a process that was silent", ["name"]
)
CONSUMED = Counter("tirek_events_consumed_total", "Records consumed", ["type", "outcome"])
FORGED = Counter(
    "tirek_events_forged_total", "Records that are not said by the service that they name"
)
BATCH_SECONDS = Histogram(
    "tirek_consume_batch_seconds", "From a batch received to its transaction's end"
)
WAITING = Gauge(
    "tirek_partition_waiting", "Partitions and parts that wait for a named thing", ["name"]
)
PARKED = Gauge("tirek_parked_records", "Records parked, neither redriven nor dropped")
LAG = Gauge("tirek_consumer_lag_records", "Records behind the end of the log", ["topic"])
MISSED = Counter(
    "tirek_events_missed_total", "Records that a topic kept no longer when it was read", ["topic"]
)
ASKED_AGAIN = Counter(
    "tirek_events_asked_again_total",
    "Events that the bus passed over, which their reader has had published again",
    ["producer"],
)
FILES_REFUSED = Gauge(
    "tirek_files_refused",
    "1 while files cannot be right and the last good ones are used: jurisdiction, directory",
    ["name"],
)
PASS_SECONDS = Histogram("tirek_pass_seconds", "Duration of a time-driven pass", ["name"])
LOG_LEFT_OUT = Counter("tirek_log_lines_left_out_total", "Lines that a flood would have written")
HTTP_BUSY = Counter("tirek_http_busy_total", "Requests refused because too many were inside")
HTTP_ENDED = Counter(
    "tirek_http_ended_total", "Connections ended before their request was whole", ["reason"]
)
PASS_FAILURES = Counter(
    "tirek_pass_failures_total", "Rows that a time-driven pass put aside, to try again", ["name"]
)
HTTP_SECONDS = Histogram("tirek_http_seconds", "HTTP answers", ["method", "route", "status"])
