"""Run as a program: how long the video on standard input lasts, as JSON on standard output. Nothing of ours is imported.

    python -I probe.py DEMUXER < file   ->   {"video": true, "seconds": 30.0}

The file is a stranger's, and the library that reads it is large: so it is read here, with little time and memory, no file
to open or write, and the one demuxer that the file's first bytes name (a playlist, which would open other files, is none).
Exit status 1: it cannot be read.
"""

import json
import resource
import sys

CPU = 5  # seconds
MEMORY = 1_500_000_000  # bytes of addresses: the libraries alone map some hundred million


def confine() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def measured(file, demuxer: str) -> dict:
    """`seconds`: what the header says, or from the first to the end of the last packet, whichever is longer."""
    import av

    with av.open(file, format=demuxer, options={"protocol_whitelist": "none"}) as container:
        videos = [
            s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic
        ]
        played = {stream.index: stream for stream in (*videos, *container.streams.audio)}
        said = max([_seconds(s.duration, s.time_base) for s in played.values()], default=0.0)
        said = max(said, (container.duration or 0) / av.time_base if played else 0.0)
        pictures = {stream.index: 0 for stream in videos}
        first, last = None, 0.0
        try:
            for packet in container.demux():
                if packet.stream.index not in played or packet.pts is None:
                    continue
                pictures[packet.stream.index] = pictures.get(packet.stream.index, 0) + 1
                begin = float(packet.pts * packet.time_base)
                first = begin if first is None else min(first, begin)
                last = max(last, begin + _seconds(packet.duration, packet.time_base))
        except av.FFmpegError:  # cut off: what there is of it, is what can be played
            pass
        seconds = max(said, last - first if first is not None else 0.0)
        moving = any(pictures[stream.index] > 1 for stream in videos) or (bool(videos) and seconds > 1)
    return {"video": moving, "seconds": seconds}


def _seconds(duration, time_base) -> float:
    return float(duration * time_base) if duration and time_base else 0.0


if __name__ == "__main__":
    confine()
    try:
        found = measured(open(0, "rb", buffering=0), sys.argv[1])  # noqa: SIM115
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}"[:500])
    print(json.dumps(found))
