"""The tables. What is written here must equal what the migrations make (a test compares them on both databases).

    item - item ...                         folders, and what is in them; a tree's root has the id of its owner
      |- star, recent                       what a person keeps at hand, and has opened
      |- grant, request                     who else has it, and who asks for it
      |- transfer                           a change of its owner that has begun
      '- text                               what is in a notebook's file, to be searched
    notebook -+- doc - doc_update           what people write: one lineage, one epoch
              +- cell_bin                   deleted cells, until swept
              +- batch                      what one Run press asked for
              +- execution                  one run of one cell, with the source that it ran
              +- cell                       which executions a cell showed and shows, and its latest one
              +- output -+- output_chunk    finished text, append-only
              |          +- output_line     how many lines end before each chunk but the first
              |          '- output_blob     which blobs an output refers to
              +- widget - widget_blob
              +- prompt
              +- thread - comment           what people say about cells; of a deleted one the id stays
              +- revision                   the notebook as it was at one moment
              +- revision_part              what revisions have in common
              |  '- revision_part_blob      which blobs a part refers to
              +- attachment -> runtime      at most one runtime a notebook
              '- kernel -> runtime          with the cursor of its stream
    account -+- identity                    people, and how OpenID Connect knows them
             +- session                     browsers that are signed in
             +- token                       programs that act for a person
             +- member -> team              groups of people
             '- plan                        how much a person may have; the standard one's row is made when it is needed
    leaving                                 accounts that were deleted, and of what they had not all is gone yet
    invitation                              who may make an account
    audit                                   who did what, when, from where: only ever appended to

Text that comes from people or machines, and JSON, is kept as UTF-8 bytes: PostgreSQL's text and jsonb cannot hold NUL.
Lengths and offsets of text are counted in code points. Small columns come first, so that reading them never touches the
overflow pages of the large ones. Everything of a notebook goes with it (ON DELETE CASCADE).
Tables refer to one another by name, so that no file here needs another one's.
"""

from .accounts import account, audit, identity, invitation, leaving, member, plan, session, team, token
from .drive import grant, item, recent, request, star, text, transfer
from .notebooks import cell_bin, comment, doc, doc_update, notebook, revision, revision_part, revision_part_blob, thread
from .runs import batch, cell, execution, output, output_blob, output_chunk, output_line, prompt, widget, widget_blob
from .runtimes import attachment, kernel, runtime
from .schema import metadata

__all__ = [
    "account",
    "attachment",
    "audit",
    "batch",
    "cell",
    "cell_bin",
    "comment",
    "doc",
    "doc_update",
    "execution",
    "grant",
    "identity",
    "invitation",
    "item",
    "kernel",
    "leaving",
    "member",
    "metadata",
    "notebook",
    "output",
    "output_blob",
    "output_chunk",
    "output_line",
    "plan",
    "prompt",
    "recent",
    "request",
    "revision",
    "revision_part",
    "revision_part_blob",
    "runtime",
    "session",
    "star",
    "team",
    "text",
    "thread",
    "token",
    "transfer",
    "widget",
    "widget_blob",
]
