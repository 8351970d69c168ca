"""Pure reducers of the run state: what a kernel said becomes operations on what is shown. Knows only the wire.

reduce.py    (state, record or request) -> Step(state, operations) | Rejected
state.py     what a reducer must remember; small, and rebuilt from the rows after a restart
draft.py     one reduction under way: touched tables are copied, operations collected
messages.py  what each iopub message does          widgets.py   comms, models, Output-widget capture
fold.py      terminal folding of stream text       pen.py       its colours
mime.py      decoding and normalising              export.py    outputs as nbformat has them
view.py      operations applied as a page does     conflate.py  fewer operations with the same view
info.py      a run as people and programs see it
"""
