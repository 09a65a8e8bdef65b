"""Our own processes die, stop or start at bad moments."""

from tests.campaign.scene import Fault, Make, Must, Scene

IN_FLIGHT = 15
"""Messages that notify may have in its hands: 10 on the bind, 1 on the urgent one, 4 mails."""
KILLED = ("intake.serve", "intake.work", "referral.serve", "referral.work", "notify.serve")


async def nothing(scene: Scene) -> int:
    """Nothing is done: what shows in this round shows without any fault."""
    await scene.taken(1.0)
    return 0


def killing(name: str, times: int) -> Make:
    """kill -9 of a process, again and again under load; it comes back by itself."""

    async def make(scene: Scene) -> int:
        part = scene.stack.part(name)

        async def kill(_number: int) -> None:
            await part.ready(60)
            await part.kill()

        made = await scene.spread(times, kill)
        await part.ready(60)
        return made

    return make


def terminating(name: str) -> Make:
    """SIGTERM under load, and a new start: a restart for an update. No round forgives who stays."""

    async def make(scene: Scene) -> int:
        async def restart(_number: int) -> None:
            await scene.stack.part(name).restart()

        return await scene.spread(3, restart)

    return make


TABLE = (
    Fault(
        "calm",
        "No fault at all.",
        nothing,
        Must(repeats=0, late=2.0, normal=5.0),
    ),
    *(
        Fault(
            f"kill-{name}",
            f"kill -9 of {name} under load.",
            killing(name, 5),
            Must(late=10.0),
        )
        for name in KILLED
    ),
    Fault(
        "kill-notify.work",
        "kill -9 of notify.work, which holds messages, under load.",
        killing("notify.work", 5),
        Must(late=10.0, repeats=IN_FLIGHT),
    ),
    *(
        Fault(
            f"sigterm-{name}",
            f"SIGTERM to {name} under load, and a new start, as for an update.",
            terminating(name),
            Must(late=10.0),
        )
        for name in (*KILLED, "notify.work")
    ),
)
"""Kills and restarts."""
