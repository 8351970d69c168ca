"""WebDAV at `/dav`: the person's Drive for file managers and programs. Its parts are imported with the first request.

door.py       the ASGI side: which requests, what they may carry, and what every answer says
app.py        WsgiDAV as it is used here: no pages, no properties of its own, locks in memory
provider.py   folders and files of the Drive, as WsgiDAV wants to see them
calls.py      from WsgiDAV's threads to the server's loop, and from our errors to those of WebDAV
locks.py      how many locks, and for how long
"""
