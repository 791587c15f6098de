"""Events out of bytes that are cut anywhere."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from maru.models.sse import Cutter, data_of, events

STREAM = 'data: {"a":"안녕"}\n\n: comment\n\nevent: error\ndata: x\n\ndata: [DONE]\n\n'.encode()


@given(st.lists(st.integers(0, len(STREAM) * 2), max_size=12), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_every_cut_gives_the_same_events(cuts: list[int], newline: bytes) -> None:
    sent = STREAM.replace(b"\n", newline)
    places = sorted({0, len(sent), *(cut for cut in cuts if cut < len(sent))})
    cutter = Cutter()
    blocks = [cutter.feed(sent[start:end]) for start, end in pairwise(places)]
    # With bare carriage returns the last line end is only known for one when nothing follows it.
    assert b"".join([*blocks, cutter.close()]) == STREAM
    assert all(not block or block.endswith(b"\n\n") for block in blocks)


def test_events_and_their_data() -> None:
    found = list(events(STREAM))
    assert [data_of(event) for event in found] == ['{"a":"안녕"}'.encode(), b"", b"x", b"[DONE]"]
    assert data_of(b"data: 1\ndata:2\n\n") == b"1\n2"
