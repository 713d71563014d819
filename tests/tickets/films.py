"""Small videos of any length, as cameras, phones and browsers write them."""

import io

import av


class _Pipe:
    """Cannot be sought in: what is written about the length afterwards is not written at all."""

    def __init__(self, kept):
        self.write = kept.write


def film(seconds, kind="mp4", codec="mpeg4", rate=2, *, is_live=False, sound=False, **options):
    """`is_live`: as a browser records it, with no length in its header."""
    kept = io.BytesIO()
    with av.open(_Pipe(kept) if is_live else kept, "w", format=kind, options=options) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        heard = container.add_stream("aac", rate=8000, layout="mono") if sound else None
        for number in range(int(seconds * rate)):
            frame = av.VideoFrame(32, 32, "yuv420p")
            frame.pts = number
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if heard:
            _hum(container, heard, seconds)
    return kept.getvalue()


def song(seconds, kind="mp4"):
    kept = io.BytesIO()
    with av.open(kept, "w", format=kind) as container:
        _hum(container, container.add_stream("aac", rate=8000, layout="mono"), seconds)
    return kept.getvalue()


def _hum(container, stream, seconds):
    for start in range(0, int(seconds * 8000), 1024):
        frame = av.AudioFrame("fltp", "mono", 1024)
        frame.sample_rate, frame.pts = 8000, start
        frame.planes[0].update(bytes(4 * 1024))  # silence
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
