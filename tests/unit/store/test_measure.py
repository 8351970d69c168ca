"""What is known of the height of an output before it is drawn."""

import base64

import pytest

from noctule.store.runs.measure import Measure, measure
from noctule_agent.wire.limits import ERROR_LINES
from noctule_agent.wire.state import BlobRef, CutOutput, DisplayOutput, ErrorOutput, Inline, MimeBundle, StreamOutput
from noctule_agent.wire.values import Cause, OutputId
from tests.unit.store.test_dataframes import frame, head, row
from tests.unit.store.test_pictures import png

ID = OutputId("o")
TEXT = Inline("<Figure>\nof two lines")
TABLE = Inline("   a\n0  1")
FRAME = Inline(frame([head("", "a")], [row("1")]))
PICTURE = Inline(base64.b64encode(png(640, 480)).decode())


@pytest.mark.parametrize(
    ("data", "metadata", "expected"),
    [
        ({"text/plain": TEXT}, {}, Measure(lines=2)),
        ({"text/plain": BlobRef("0" * 64, 801, "text")}, {}, Measure(lines=11)),
        ({"image/png": PICTURE, "text/plain": TEXT}, {}, Measure(0, 640, 480)),
        ({"image/png": BlobRef("0" * 64, 9000, "base64", 800, 600)}, {}, Measure(0, 800, 600)),
        ({"image/png": PICTURE}, {"image/png": {"width": 320, "height": 240}}, Measure(0, 320, 240)),
        ({"image/png": PICTURE}, {"width": 320.4, "height": 240}, Measure(0, 320, 240)),
        ({"image/png": PICTURE}, {"image/png": {"width": -1, "height": "x"}}, Measure(0, 640, 480)),
        ({"image/png": Inline("no base64")}, {}, Measure()),
        ({"image/png": Inline("not even ASCII: é")}, {}, Measure()),
        ({"image/png": Inline(["a", {"list": 1}])}, {}, Measure()),
        ({"text/html": Inline("<b>"), "text/plain": TEXT}, {}, Measure()),
        ({"text/html": FRAME, "text/plain": TABLE}, {}, Measure(rows=2)),
        ({"text/html": FRAME, "text/plain": TEXT}, {}, Measure()),
        ({"text/html": FRAME}, {}, Measure()),
        ({"text/html": FRAME, "text/plain": TABLE, "application/vnd.plotly.v1+json": Inline({})}, {}, Measure()),
        ({"text/html": BlobRef("0" * 64, 9000, "text", rows=11), "text/plain": TABLE}, {}, Measure(rows=11)),
        ({"text/html": Inline(["no", "text"]), "text/plain": TABLE}, {}, Measure()),
        ({"application/vnd.plotly.v1+json": Inline({}), "image/png": PICTURE}, {}, Measure()),
        ({"application/json": Inline({}), "text/plain": TEXT}, {}, Measure()),
        ({"application/json": Inline({}), "image/png": PICTURE}, {}, Measure(0, 640, 480)),
        ({"application/x-unknown": Inline(""), "text/plain": TEXT}, {}, Measure(lines=2)),
    ],
)
def test_a_display_is_measured_by_what_the_page_draws_of_it(
    data: MimeBundle, metadata: dict[str, object], expected: Measure
) -> None:
    assert measure(DisplayOutput(ID, data, metadata)) == expected


def test_an_error_takes_what_is_shown_of_it_and_others_are_not_measured() -> None:
    assert measure(ErrorOutput(ID, "E", "", ["line\n" * 100])) == Measure(lines=ERROR_LINES)
    assert measure(StreamOutput(ID, "stdout", text="a\nb")) == Measure()
    assert measure(CutOutput(ID, Cause("limit", "too much"))) == Measure()
