"""Noctule as a program sees it: over HTTP (`http`), and as a page on a notebook's socket (`session`).

The command line, the tests and the benchmarks use it. It knows the wire contract and the pure parts (`notebook`,
`runs`), and nothing of the server.
"""
