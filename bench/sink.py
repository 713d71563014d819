"""A mail server that takes its time: `python -m bench.sink PORT LOG MILLISECONDS`. Many connections, one process, plain SMTP.

Each mail's Message-ID, recipient and moment go to LOG, a line each, when the mail is taken.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TextIO


class Sink:
    def __init__(self, log: TextIO, seconds: float) -> None:
        self.log, self.seconds = log, seconds

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await self.take(reader, recipient)
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                if verb == b"RCPT":
                    recipient = line.decode().partition("<")[2].partition(">")[0]
                writer.write(b"250 sink\r\n")
            await writer.drain()
        writer.close()

    async def take(self, reader: asyncio.StreamReader, recipient: str) -> None:
        mail = await reader.readuntil(b"\r\n.\r\n")
        await asyncio.sleep(self.seconds)
        head = mail.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode()
        name = next(
            line[11:].strip() for line in head.split("\r\n") if line.lower().startswith("message-id:")
        )
        print(f"{time.time():.3f}\t{name}\t{recipient}", file=self.log, flush=True)


async def main(port: int, log: str, seconds: float) -> None:
    with open(log, "a", encoding="utf-8") as lines:
        server = await asyncio.start_server(Sink(lines, seconds).serve, "127.0.0.1", port, limit=2**22)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]) / 1000))
