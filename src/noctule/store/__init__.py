"""Rows in, Structs out: the only package that speaks SQL.

    Store            write / read / sync           store.py, writer.py, engine.py, migrate.py
    functions of Tx  notebooks, documents, cellbin, batches, executions, runs, comments, kernels, runtimes, sweep; accounts, sessions, tokens,
                     invitations, teams, audit; items, grants, requests, handovers
    BlobStore        large values, by content      blobs.py

Every function takes an open transaction (`Tx`) first, and nothing here keeps state but the databases' connections.
"""

from .blobs import BlobStore
from .failures import CursorMoved, StaleDocument, StaleRevision
from .store import Store
from .writer import Tx

__all__ = ["BlobStore", "CursorMoved", "StaleDocument", "StaleRevision", "Store", "Tx"]
