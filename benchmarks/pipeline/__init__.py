"""Incidents a second from topic to *message queued durably*, and a report's way to the gateway.

Both are held against a floor: what the same broker and database need for the same durable steps
with nothing but aiokafka and asyncpg (`floor_process`).
"""
