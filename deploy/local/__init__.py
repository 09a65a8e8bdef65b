"""The embedded stack: real Kafka, PostgreSQL, SMS and mail simulators and the services, no Docker.

`deploy.local.stack.Stack` is the one way in, for the demo, the smoke run and the tests alike.
"""
