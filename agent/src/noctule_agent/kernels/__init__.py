"""Kernels: the Protocol that the rest of the agent knows, the real ones (Jupyter) and a scripted fake."""
