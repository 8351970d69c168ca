"""What people and fate do in one seed: a seeded sequence of actions with pauses. Decides; the world does."""

import random
from collections.abc import Callable

import msgspec

WORDS = ("print", "print", "print", "print", "write", "warn", "sleep", "sleep", "flood", "display", "update", "result")
RARE = ("clear", "clear wait", "input", "secret", "error", "die", "exit", "hang", "mute", "bar", "later", "big")


class Profile(msgspec.Struct, frozen=True):
    """How a seed leans: which faults it has at all."""

    name: str
    network: bool = False
    crashes: bool = False
    disk: bool = False
    agents: bool = False
    kernels: bool = False
    files: bool = False
    bins: bool = False


PROFILES = (
    Profile("calm"),
    Profile("network", network=True),
    Profile("crashes", crashes=True),
    Profile("disk", disk=True),
    Profile("agents", agents=True, kernels=True),
    Profile("kernels", kernels=True),
    Profile("files", files=True, crashes=True),
    Profile("server", network=True, crashes=True, disk=True),
    Profile("all", network=True, crashes=True, disk=True, agents=True, kernels=True, files=True),
    Profile("all", network=True, crashes=True, disk=True, agents=True, kernels=True),
)
"""Those that a seed may draw."""
NAMED_ONLY = (
    Profile("bin", disk=True, bins=True),
    Profile("bin and all", network=True, crashes=True, disk=True, agents=True, kernels=True, files=True, bins=True),
)
"""Those that are played when they are asked for: one more to draw would make every seed another one."""

PAGE_ACTIONS = {
    "edit": 14,
    "edit and run": 10,
    "add cell": 4,
    "delete cell": 2,
    "move cell": 2,
    "run": 12,
    "run several": 6,
    "run all": 3,
    "interrupt": 3,
    "restart": 1,
    "cancel": 3,
    "clear": 2,
    "connect": 2,
    "disconnect": 1,
    "answer": 6,
    "need": 3,
    "comment": 3,
    "discuss": 12,
    "pin": 3,
    "restore": 8,
    "rename": 1,
    "close page": 2,
    "open page": 3,
    "reload page": 2,
}
FAULTS: dict[str, dict[str, int]] = {
    "network": {"cut page": 6, "cut agent": 5, "part pages": 2, "part agents": 2},
    "crashes": {"kill server": 4, "crash at a step": 6, "deploy": 2},
    "disk": {"disk full": 3, "slow disk": 2, "answer lost": 2},
    "agents": {"kill agent": 3, "crash agent at a commit": 3, "fail a launch": 1, "agent disk full": 2},
    "kernels": {"kill kernel": 3},
    "files": {"edit file outside": 5, "move file outside": 3, "delete file outside": 1, "replace document": 2},
    "bins": {"bin": 12, "take back": 14},
}


class Dice:
    """The choices of one seed. Every kind of choice has its own stream, so that one more of a kind shifts no other."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.plan = self.stream("plan")
        self._tokens = 0

    def stream(self, name: str) -> random.Random:
        return random.Random(f"{self._seed}/{name}")

    # --- scripts -----------------------------------------------------------------------------------------------------

    def script(self, chance: random.Random) -> str:
        return "\n".join(self.line(chance) for _ in range(chance.randint(1, 5)))

    def line(self, chance: random.Random) -> str:
        word = chance.choice(WORDS) if chance.random() < 0.88 else chance.choice(RARE)
        match word:
            case "print" | "write" | "warn" | "result":
                return f"{word} {self.token()}"
            case "sleep":
                return f"sleep {chance.choice(['0', '0.02', '0.3', '1', '4'])}"
            case "hang":
                return f"hang {chance.choice(['1', '8'])}"
            case "flood":
                return f"flood {chance.choice([3, 40, 300])}"
            case "display" | "update":
                return f"{word} d{chance.randint(1, 2)} {self.token()}"
            case "input" | "secret":
                return f"{word} {self.token()}?"
            case "error":
                return f"error {self.token()}"
            case "bar":
                return "\n".join(f"write {percent}%\\r\nsleep 0.01" for percent in (1, 50, 100)) + "\nprint 100% done"
            case "later":
                return f"later {chance.choice(['0.05', '2', '9'])} {self.token()}"
            case "big":
                return f"display d3 {self.token()}{'#' * 10_000}"
            case _:
                return word

    def token(self) -> str:
        self._tokens += 1
        return f"<{self._tokens}>"

    # --- what happens next -------------------------------------------------------------------------------------------

    def profile(self, name: str = "") -> Profile:
        """The one that this seed draws, or the one of this name."""
        drawn = self.plan.choice(PROFILES)
        return next(each for each in (*PROFILES, *NAMED_ONLY) if each.name == name) if name else drawn

    def steps(self, profile: Profile) -> "Callable[[], tuple[str, float]]":
        """The next action and the pause after it."""
        weights = dict(PAGE_ACTIONS)
        for kind, faults in FAULTS.items():
            if getattr(profile, kind):
                weights.update(faults)
        names, shares = list(weights), list(weights.values())

        def step() -> tuple[str, float]:
            action = self.plan.choices(names, shares)[0]
            return action, self._pause()

        return step

    def _pause(self) -> float:
        dice = self.plan.random()
        if dice < 0.35:
            return 0.0
        if dice < 0.8:
            return self.plan.expovariate(4.0)
        if dice < 0.96:
            return self.plan.expovariate(0.5)
        return self.plan.uniform(5.0, 70.0)
