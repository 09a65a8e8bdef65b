"""The bus: events in and out of Kafka, handled once, in order, provably whole."""
