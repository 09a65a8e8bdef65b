"""``python -m deploy.containers.topics``: every topic of the table; repeating it is harmless."""

import asyncio
import os
import sys

from deploy.errors import StackError
from deploy.provision.topics import topics
from shared.events.topics import TOPICS


def main() -> int:
    """1 with one line when it cannot."""
    try:
        replication = int(os.environ.get("TIREK_REPLICATION", "1"))
        asyncio.run(topics(os.environ["TIREK_KAFKA"], replication=replication))
    except (StackError, ValueError) as problem:
        sys.stderr.write(f"topics: {problem}\n")
        return 1
    sys.stdout.write(f"topics: {', '.join(topic.name for topic in TOPICS.values())} are there\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
