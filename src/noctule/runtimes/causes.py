"""The words for why a runtime waits or ended. Invariant 13: what happened, why, what to do."""

from noctule_agent.wire.values import Cause, Evidence


def link_lost() -> Cause:
    return Cause(
        "link-lost",
        "The connection to the runtime was lost. What runs goes on, its output is kept and comes when it is back.",
    )


def start_timed_out(seconds: float, evidence: Evidence) -> Cause:
    return Cause(
        "launcher-failed",
        f"The runtime was started but did not connect within {seconds:g} seconds. Its log may say why.",
        {"seconds": seconds, **evidence},
    )


def start_failed(gone: Cause, evidence: Evidence) -> Cause:
    return Cause(
        "launcher-failed",
        f"The runtime ended before it connected. {gone.message} Its log may say why.",
        {**gone.evidence, **evidence},
    )


def launch_failed(error: str) -> Cause:
    return Cause(
        "launcher-failed", "The runtime could not be started. The server's log has the details.", {"error": error}
    )


def agent_lost(gone: Cause, evidence: Evidence) -> Cause:
    return Cause(
        "agent-lost",
        f"The runtime's agent ended unexpectedly. {gone.message} Its variables are gone; run again to start a new one.",
        {**gone.evidence, **evidence},
    )


def lease_ended(gone: Cause) -> Cause:
    return Cause(
        "lease-ended",
        "The runtime ended while the server was away: the time that it may run by itself was over.",
        gone.evidence,
    )


def not_found() -> Cause:
    return Cause("agent-gone", "The launcher knows nothing of it.")
