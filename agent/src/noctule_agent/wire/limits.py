"""Every limit of a frame, a buffer, a queue or an output. `docs/limits.md` says what a person sees at each.

Sizes are in bytes and times in seconds unless the name says otherwise. A limit here bounds what is *shown* or what is
in *flight*; what a kernel said is always kept, except past OUTPUT_BYTES_PER_EXECUTION, where a visible mark says so.
"""

from typing import Final

KB: Final = 1024
MB: Final = 1024 * KB

# Frames
PAGE_FRAME_BYTES: Final = 4 * MB
"""One frame from a page. A larger one closes the socket with 1009."""
UPDATE_BYTES: Final = 1 * MB
"""One Yjs update from a page: n appends in one transaction take n^2 memory, so a hostile one is refused unread."""
UPDATE_STRUCTS: Final = 20_000
"""Structs in one Yjs update, counted before it is applied."""
UPDATE_UNMERGED: Final = 5_000
"""Pieces of one text in one Yjs update that could have been joined: they are what takes n^2 memory (5,000: 15 MB)."""
UPDATE_SAME_PLACE: Final = 1_000
"""Structs at one place in one Yjs update: they take n^2 time (20,000 took 25 s)."""
PRESENCE_POSITION_BYTES: Final = 64
"""One end of a selection, as a page tells it to others."""
LINK_FRAME_BYTES: Final = 2 * MB
"""One frame of the agent link, save for one record that is larger by itself (RECORD_BYTES)."""
RECORD_BYTES: Final = 256 * MB
"""One journal record. The largest frame of the link is one such record and its head."""

# Documents
CELLS_PER_NOTEBOOK: Final = 10_000
NOTEBOOK_FILE_BYTES: Final = 512 * MB
NESTING_DEPTH: Final = 100
SOURCE_BYTES_PER_CELL: Final = 4 * MB
COMPACT_UPDATES: Final = 500
COMPACT_BYTES: Final = 256 * KB

# Comments
COMMENT_CHARS: Final = 10_000
COMMENTS_PER_THREAD: Final = 500
COMMENTS_PER_NOTEBOOK: Final = 5_000
COMMENT_CHARS_PER_NOTEBOOK: Final = 500_000
"""All comments of a notebook travel in its snapshot."""
QUOTE_CHARS: Final = 120
"""Of a cell's source, kept with a thread about it."""
MENTIONS_PER_COMMENT: Final = 20

# Revisions
REVISION_SECONDS: Final = 600.0
"""Automatic ones are made, and kept for a day, this far apart."""
REVISION_HOURLY_DAYS: Final = 7
REVISION_DAILY_DAYS: Final = 60
REVISION_WEEKLY_DAYS: Final = 365
"""Up to this age one an hour is kept; one a day; one a week; none after that."""
REVISIONS_BEFORE: Final = 300
"""Ways back from an import or a restore that stay for a week, the last ones; a program may change the file every second."""
REVISIONS_NAMED: Final = 200
REVISIONS_LISTED: Final = 50
REVISION_NAME_CHARS: Final = 200
REVISION_OUTPUT_BYTES: Final = 8 * MB
"""Large values of the outputs of one cell, as a revision shows them."""

# Outputs
INLINE_BYTES: Final = 8 * KB
"""A MIME value up to this size travels inside operations and snapshots; a larger one is a blob."""
CHUNK_CHARS: Final = 64 * KB
"""Finished stream text is stored in chunks of at most this many code points."""
TEXT_HEAD_CHARS: Final = 64 * KB
TEXT_TAIL_CHARS: Final = 64 * KB
"""A page gets the head and the tail of a longer text; the rest is one click away."""
LOG_LINES: Final = 2_000
LOG_CHARS: Final = 512 * KB
"""Lines of a long text in one answer: at most so many, and about so many code points."""
LOG_LINE_CHARS: Final = 16 * KB
"""The page draws this much of one line; a longer one is marked, and whole in the download."""
SEARCH_CHARS: Final = 4 * MB
"""Code points that one request of a search in a long text looks at; the page asks on."""
SEARCH_LINES: Final = 1_000
"""Matching lines in one answer of a search."""
SEARCH_QUERY_CHARS: Final = 200
SEARCH_LINES_KEPT: Final = 100_000
"""Matching lines of one search that the page keeps."""
FOLD_LINES: Final = 64
"""Lines that a cursor movement can still reach; older lines are finished."""
FOLD_CHARS: Final = 16 * KB
"""Characters of the unfinished part of a stream."""
REACH_LINES: Final = 16
REACH_CHARS: Final = 1 * KB
"""The same for a stream that never moved its cursor upwards: complete lines that its first such movement can reach."""
OUTPUTS_PER_EXECUTION: Final = 10_000
OUTPUT_BYTES_PER_EXECUTION: Final = 2_048 * MB
CAPTURED_CHARS: Final = 4 * MB
"""Outputs that one Output widget holds: they are resent as a whole when they change. Past it they go to the cell."""
CAPTURED_FULL: Final = "This Output widget is full; what follows is shown below the cell.\n"
"""What such a widget then says, on stderr."""
SUPERSEDED_PER_CELL: Final = 1
"""Executions of a cell, before the one that it shows, whose outputs are kept and whose late messages are applied."""
OUTPUT_LINES: Final = 30
"""Lines of one text that are counted for the height of an output: a longer one stands in a box (web: outputs.css)."""
ERROR_LINES: Final = 10
"""About what an error takes: the frames of its traceback but the last are folded."""
TABLE_ROWS: Final = 10
"""Rows that a DataFrame's table shows at first; the others are on its next pages."""
TABLE_BYTES: Final = 4 * MB
"""HTML of a DataFrame that the page reads as a table."""
SNAPSHOT_INLINE_BYTES: Final = 512 * KB
"""Outputs that a snapshot carries at once, from the first cell on; those of later cells are asked for by need."""

# Pace
PAGE_MESSAGES_PER_SECOND: Final = 15
PAGE_MESSAGES_BURST: Final = 5
"""Operation frames to one page: the first few at once, then conflated to this pace (at most 20 in any second)."""
PRESENCE_SECONDS: Final = 0.1
"""Where others are is told this often at most, in one frame for all that moved."""
PEER_COLOURS: Final = 8
"""Colours that tell people apart."""
GATHER_SECONDS: Final = 0.03
"""Under load the agent gathers kernel messages for this long into one record."""
GATHER_BURST: Final = 8
"""Records that may leave at once before gathering starts."""

# Asks
ASK_CODE_CHARS: Final = 512 * KB
"""Code that comes with an ask, in code points."""
ANSWER_BYTES: Final = 1 * MB
ASK_SECONDS: Final = 10.0
"""How long a kernel may take for an answer; the agent, the server and the page each wait a second longer."""
ASKS_PER_PAGE: Final = 8
ASKS_PER_KERNEL: Final = 32
"""Asks under way at one time."""
ASKS_STUCK: Final = 3
"""Threads of a kernel that hang in code of the notebook (a filter that never returns) and were given up."""
COMPLETIONS: Final = 500
VARIABLES: Final = 2_000
LOOK_ROWS: Final = 500
LOOK_COLUMNS: Final = 100
LOOK_CELLS: Final = 10_000
"""Rows times columns of one page of a table."""
LOOK_CHARS: Final = 200
"""Characters of one cell of a table, and of a preview."""
LOOK_SORTED: Final = 20_000_000
"""Rows that are sorted or searched; a longer table is shown as it is."""
HISTORY_EXECUTIONS: Final = 100
HISTORY_BYTES: Final = 2 * MB
"""Executions, and bytes of their source, in one page of the executed code."""

# Output frames
FRAMES_LIVE: Final = 24
"""Output frames of a page that are kept while they are out of sight."""
FRAME_TALLEST_PX: Final = 20_000
FRAME_GROWTHS: Final = 12
"""Growths of a frame in a row, within FRAME_GROWTH_SECONDS each and without new content, that the page follows."""
FRAME_GROWTH_SECONDS: Final = 0.5
FRAME_SILENT_SECONDS: Final = 5.0
FRAME_MESSAGES_PER_SECOND: Final = 500
FRAME_DOWNLOAD_BYTES: Final = 512 * MB
NBEXTENSION_FILE_BYTES: Final = 64 * MB
FRAME_HEIGHTS: Final = 500
"""Heights of frames that a browser remembers."""

# Queues
PAGE_OUTBOX_BYTES: Final = 8 * MB
"""Unsent bytes to one page; past it the page gets a fresh snapshot when it can take one."""
OPS_RING: Final = 2_000
OPS_RING_BYTES: Final = 4 * MB
"""Operations a room keeps for pages that come back; an older page gets a snapshot."""
LINK_WINDOW_BYTES: Final = 8 * MB
"""Unacknowledged events in flight on the link."""
BATCH_EXECUTIONS: Final = 10_000
QUEUE_EXECUTIONS: Final = 20_000
PAGES_PER_NOTEBOOK: Final = 200

# Questions and pipes of the agent link
PIPE_FRAME_BYTES: Final = 64 * KB
PIPE_WINDOW_BYTES: Final = 512 * KB
"""A pipe (a download, an upload, a terminal in a page) has so much on its way; then its sender waits for the receiver."""
PIPES_PER_RUNTIME: Final = 64
QUERIES_IN_FLIGHT: Final = 64

# Terminals
TERMINALS_PER_RUNTIME: Final = 16
TERMINAL_RING_BYTES: Final = 1 * MB
"""Output that the agent keeps of each terminal, for pages that come or come back."""
TERMINAL_BYTES_PER_SECOND: Final = 8 * MB
"""What all terminals of a runtime may say together, so that a flood leaves the kernels' output its place."""
TERMINAL_HOLD_SECONDS: Final = 5.0
"""A page that does not draw holds the program up for so long; then it goes on, and the page gets the screen later."""
TERMINAL_INPUT_BYTES: Final = 64 * KB
"""Input of a page on its way to the program; the page keeps the rest of a larger paste."""

# Files of a runtime
FOLDER_ENTRIES: Final = 50_000
FOLDER_PAGE_ENTRIES: Final = 1_000
FILES_COUNTED: Final = 100_000
FOLDER_DEPTH: Final = 100
UPLOAD_CHUNK_BYTES: Final = 64 * MB
"""One request of an upload; the page sends smaller ones."""
UPLOADS_PER_RUNTIME: Final = 1_000
"""Uploads that are begun and not done."""
UPLOAD_IDLE_SECONDS: Final = 24 * 3600.0
TEXT_FILE_BYTES: Final = 5 * MB
"""A file that opens in an editor tab."""

# Drive
DRIVE_DEPTH: Final = 100
"""Folders in folders of one person's Drive."""
WALK_SECONDS: Final = 60.0
"""Between two rounds of all Drives, in which what was changed outside is seen."""
SWEEP_SECONDS: Final = 3600.0
"""Between two rounds in which old uploads and what lies in the bin for long are deleted."""
UPLOAD_DAYS: Final = 7
"""An upload into a Drive that was begun and not brought to its end is kept so long."""
DRIVE_BIN_DAYS: Final = 30
"""What lies in the bin of a Drive for so long is deleted."""
ZIP_UNREAD_LINES: Final = 1_000
"""Files that a folder's archive could not have, by name."""
ZIP_ITEMS: Final = 200
"""Chosen items in one archive: their ids stand in an address."""
LARGEST_ITEMS: Final = 100
AWAY_ITEMS: Final = 50
"""Of what takes most, and of what ran while somebody was away, in one answer."""
VISIT_SECONDS: Final = 1800.0
"""A visit is over when nothing was asked for so long."""
DAV_THREADS: Final = 8
"""Requests by WebDAV at one time; further ones wait."""
DAV_BODY_BYTES: Final = 1 * MB
"""The body of a request by WebDAV that is no file."""
DAV_LOCKS: Final = 1_000
"""Locks that programs hold by WebDAV."""
DAV_LOCK_SECONDS: Final = 3600.0
"""A lock that is not refreshed for so long is gone."""

# Search in Drive
SEARCHED_FILE_BYTES: Final = 64 * MB
"""A larger notebook is found by its name alone."""
TEXT_CHARS_PER_NOTEBOOK: Final = 1 * MB
"""So much of what is written in a notebook is searched."""
TEXT_OBJECTS: Final = 1_000_000
"""JSON objects of a notebook's file; one with more is no notebook that anybody wrote."""
TEXTS_SECONDS: Final = 5.0
"""Between two rounds in which notebooks that have changed are read."""
TEXT_QUIET_SECONDS: Final = 10.0
TEXT_PATIENCE_SECONDS: Final = 300.0
"""A file is read when it was quiet for so long; one that is never quiet, this often."""
TEXTS_READ: Final = 50
TEXTS_LOOKED: Final = 500
"""Files that one round reads, and that it looks at, whether anybody wrote to them."""
SEARCH_ITEMS: Final = 50
"""Items of one page of a search inside notebooks."""
SEARCH_WORDS: Final = 20
SEARCH_EXCERPTS: Final = 3
EXCERPT_CHARS: Final = 160
"""Lines that are shown of a notebook that was found, and characters of each."""

# Times
HELLO_SECONDS: Final = 10.0
PROJECT_QUIET_SECONDS: Final = 2.0
PROJECT_MAX_SECONDS: Final = 10.0
HEARTBEAT_SECONDS: Final = 10.0
UNREACHABLE_SECONDS: Final = 30.0
INTERRUPT_GRACE_SECONDS: Final = 5.0
BIN_DAYS: Final = 30

# Text cells and forms, in the page
ATTACHMENT_BYTES: Final = 600 * KB
"""One image of a text cell: in base64 it is one value of the document, and an update (UPDATE_BYTES) has to hold it."""
LATEX_CHARS: Final = 20_000
LATEX_DEPTH: Final = 200
"""Braces in braces of a formula: KaTeX recurses, and how deep it can go would else depend on the browser."""
DIAGRAM_CHARS: Final = 20_000
FORM_FIELDS: Final = 200

# Opening a notebook by its address
IMPORT_BYTES: Final = 64 * MB
IMPORT_SECONDS: Final = 30.0

# Find and replace, in the page
FIND_MATCHES: Final = 2_000
"""Matches that are listed and gone through, and replacements of one step: an edit of so many pieces is within UPDATE_UNMERGED."""
FIND_SECONDS: Final = 2.0
"""How long one expression may take over the whole notebook."""

# People
PASSWORD_CHARS_LEAST: Final = 10
PASSWORD_CHARS: Final = 1_000
SIGN_INS_PER_ADDRESS: Final = 30
"""Attempts that an address has at once; it gets one more every SIGN_IN_ADDRESS_SECONDS."""
SIGN_IN_ADDRESS_SECONDS: Final = 10.0
SIGN_INS_PER_ACCOUNT: Final = 10
SIGN_IN_ACCOUNT_SECONDS: Final = 60.0
SIGN_IN_NAMES: Final = 10_000
"""Addresses, and names, of which attempts are counted; past it the ones longest without an attempt are forgotten."""
SESSION_DAYS: Final = 30
INVITATION_DAYS: Final = 7
OIDC_SECONDS: Final = 600.0
"""How long a sign-in may take at the provider."""
FRESH_SECONDS: Final = 600.0
"""How old a sign-in may be that stands for a password, for an account that has none."""
TOKENS_PER_ACCOUNT: Final = 100
SESSIONS_PER_ACCOUNT: Final = 100
INVITATIONS_OPEN: Final = 1_000
QUOTA_BYTES: Final = 2**60
"""What a quota can be at most; more is no bound."""
PLAN_RUNTIMES: Final = 100_000
PEOPLE_FOUND: Final = 20
AUDIT_PAGE_ROWS: Final = 500
LEAVING_SECONDS: Final = 15.0
"""How soon a server begins to remove what an account had that was deleted by a command beside it."""
REVIEW_SECONDS: Final = 15.0
"""How soon a socket closes whose session or right ended elsewhere: by its age, or by a command on the database."""

# Sharing
GRANTS_PER_ITEM: Final = 200
"""People and teams that one item is shared with by itself."""
ACCESS_REQUESTS: Final = 10
"""How often somebody may ask for access at once; they get one more every ACCESS_REQUEST_SECONDS."""
ACCESS_REQUEST_SECONDS: Final = 360.0
ACCESS_REQUEST_CHARS: Final = 500
ACCESS_REQUESTS_SHOWN: Final = 500
