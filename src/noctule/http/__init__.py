"""The HTTP door: one file per resource, thin. What a request means is decided elsewhere; who may ask is decided here.

app.py        the Litestar application
gate.py       who is asking: sessions, bearer tokens, CSRF, Origin, Host
problems.py   errors as problem details (RFC 9457)
notebooks.py  notebooks and their files      outputs.py  what is too large for a frame
runs.py       batches as programs see them   sockets.py  pages and agents
revisions.py  the past of a notebook
service.py    health, metrics, stopping      static.py   the page and the output frame
terminals.py  shells of a runtime            files.py     files of a runtime; ranges.py: parts of one
"""
