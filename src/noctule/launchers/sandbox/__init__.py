"""The launcher `sandbox`: an agent in a container of its own, by an OCI runtime (docs/runtimes.md)."""
