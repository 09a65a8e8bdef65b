"""The machinery by which faults are made, each undone when its block ends, also by an exception.

Everything works on a running `Stack` (deploy/local/stack.py). What a stack needs beforehand is said
in a `Variant` (deploy/local/variant.py)::

    variant = Variant(
        brokers=3,                                    # replication 3, min.insync.replicas 2
        links=("referral.work:kafka", "referral.work:postgres", "notify.work:smpp"),
        extra={"intake.work": {"CRASH_AT": "relay.claimed:1"}},
        before={"intake.work": groups.member(1)},     # a command in front of a part's own
        backoff=Backoff(first=0.05, last=0.05),       # of the loop that starts parts again
    )
    async with rig(state, *parts, variant=variant) as it:    # rig.py: Rig(stack, links)
        await it.stack.part("intake.work").kill()
        async with it.links["referral.work:kafka"].cut():
            ...

``state`` is the state folder; `tests.stack.state_folder()` gives one that is swept.

Needs nothing but Python (used by ``make test``):

* link.py — `Link`, one for each of ``variant.links``, from a process to ``kafka``, ``postgres`` or
  ``smpp``: ``async with link.cut()`` (reset, new ones too), ``link.blackholed()`` (silent; what was
  sent arrives when it ends, as over TCP), ``link.slow(0.2)`` (seconds a chunk and direction),
  ``link.flapping(Flaps(seed=7))``; ``link.resets`` and ``link.held`` count what it did. PostgreSQL
  only: ``async with link.losing_commit_reply(nth=1) as lost``: the server commits, the client hears
  nothing; ``await lost.happened.wait()``.
* freezing.py — ``async with frozen(stack.part("kafka"), stack.part("kafka-2")):`` SIGSTOP to each
  and all its children, SIGCONT at the end, also when this process dies.
* parts (deploy/local/processes.py) — ``part.kill()`` (kill -9, comes back by itself),
  ``part.stop(by=SIGKILL)`` (stays down until ``part.start()``), ``part.restart(by=SIGTERM)``,
  ``part.change(CRASH_AT="point:3")`` / ``part.change(CRASH_AT=None)``: the environment of the next
  start; ``part.starts`` counts them.
* database.py — ``restart(stack, Shutdown.FAST | Shutdown.IMMEDIATE)``, ``kill_backend(stack,
  "tirek_referral")``, ``async with unwritable(stack):`` (no byte can be written to the server's
  files: commits fail, the server panics and cannot recover until the block ends),
  ``async with refusing_rows(stack, "intake.outbox"):`` (INSERT fails with 53100, disk full).
* backups.py — ``copy = await backup(stack, folder)`` while it runs; ``await restore(stack, copy)``.
* brokers.py — ``stack.brokers`` names their parts (``kafka``, ``kafka-2``, ``kafka-3``);
  ``async with down(stack, "kafka-2", "kafka-3"):``, ``await wipe(stack)`` (all data of all brokers
  gone, new cluster id, topics made again), ``await cluster_id(stack)``.
* centre.py — the SMSC, over HTTP: ``async with smsc(stack, Mode.SLOW, seconds=2):`` and ``async
  with receipts(stack, Receipts.TWICE):``, from deploy/simulators/faults.py and receipts.py.

Needs root, or something from the system's packages; `Missing` is raised where it is not there, and
``python -m tests.support.faults`` prints which work here:

* disks.py — ``with small_disk(state / "postgres", megabytes=200) as disk:`` before the stack
  starts, then ``with disk.full():`` (ENOSPC). Root.
* clocks.py — ``async with faked_clock(stack, "postgres", "intake.work") as clock:`` restarts them
  under libfaketime; ``clock.jump(timedelta(hours=-1))`` while all runs. Needs libfaketime.
* groups.py — ``groups.member(i)`` for ``Variant.before``: a part with a group id of its own;
  ``with dropping(i, port)``, ``rejecting(i, port)``, each with ``share=0.3`` for some packets only:
  iptables. Root, iptables, and a network namespace of our own: ``unshare -n``, then
  ``groups.loopback_up()``. Refused elsewhere.
"""
