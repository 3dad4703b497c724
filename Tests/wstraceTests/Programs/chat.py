#!/usr/bin/env python3
"""A Socket.IO chat in the standard library only: a server that answers prompts with tokens, and its clients.

usage: chat.py server ADDRESS PORT [--interval SECONDS] [--tokens N] [--ping SECONDS]
       chat.py client ADDRESS PORT [--sessions N] [--prompts N] [--hold SECONDS]

Both end by SIGTERM, the clients also when their prompts are answered, and print what they have sent and got as JSON;
messages are those of the WebSockets, without control frames.
"""
import argparse, asyncio, base64, hashlib, json, os, signal, struct, sys

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def read_head(reader):
    return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")


async def read_frame(reader):
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", await reader.readexactly(8))
    mask = await reader.readexactly(4) if second & 0x80 else None
    payload = await reader.readexactly(length)
    if mask:
        payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return first & 0x0F, payload


def frame(payload, opcode=1, masked=False):
    head = bytes([0x80 | opcode])
    flag = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([flag | len(payload)])
    else:
        head += bytes([flag | 126]) + struct.pack("!H", len(payload))
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


class Server:
    def __init__(self, options):
        self.options = options
        self.counts = {"sessions": 0, "prompts": 0, "tokens": 0, "done": 0, "sent": 0, "got": 0}

    async def serve(self):
        server = await asyncio.start_server(self.client, self.options.address, self.options.port)
        print("ready", flush=True)
        async with server:
            await server.serve_forever()

    async def client(self, reader, writer):
        tasks = []
        try:
            head = await read_head(reader)
            key = [line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key")]
            if not key or "\r\nupgrade: websocket" not in head.lower():
                writer.write(b'HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n{"code":3,"message":"Bad request"}')
                return
            accept = base64.b64encode(hashlib.sha1(key[0].encode() + GUID).digest()).decode()
            writer.write(
                ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 f"Sec-WebSocket-Accept: {accept}\r\n\r\n").encode())
            self.counts["sessions"] += 1
            sid = base64.urlsafe_b64encode(os.urandom(15)).decode()
            ping = int(self.options.ping * 1000)
            self.send(writer, "0" + json.dumps({"sid": sid, "upgrades": [], "pingInterval": ping, "pingTimeout": 20000, "maxPayload": 1000000}))
            tasks.append(asyncio.create_task(self.heartbeats(writer)))
            while True:
                opcode, payload = await read_frame(reader)
                if opcode == 8:
                    writer.write(frame(payload, 8))
                    break
                text = payload.decode()
                self.counts["got"] += 1
                if text.startswith("40"):
                    self.send(writer, "40" + json.dumps({"sid": sid}))
                elif text.startswith("42"):
                    self.counts["prompts"] += 1
                    tasks.append(asyncio.create_task(self.answer(writer)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            for task in tasks:
                task.cancel()
            writer.close()

    def send(self, writer, text):
        writer.write(frame(text.encode()))
        self.counts["sent"] += 1

    async def heartbeats(self, writer):
        while True:
            await asyncio.sleep(self.options.ping)
            self.send(writer, "2")

    async def answer(self, writer):
        for index in range(self.options.tokens):
            await asyncio.sleep(self.options.interval)
            self.send(writer, "42" + json.dumps(["token", {"i": index, "t": "word "}]))
            self.counts["tokens"] += 1
        self.send(writer, '42["done",{}]')
        self.counts["done"] += 1


class Clients:
    def __init__(self, options):
        self.options = options
        self.counts = {"sessions": 0, "prompts": 0, "tokens": 0, "done": 0, "failed": 0, "sent": 0, "got": 0}

    async def run(self):
        await asyncio.gather(*(self.session(index) for index in range(self.options.sessions)))

    async def session(self, index):
        options = self.options
        await asyncio.sleep(index * 0.02)
        try:
            reader, writer = await asyncio.open_connection(options.address, options.port)
            key = base64.b64encode(os.urandom(16)).decode()
            writer.write(
                (f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {options.address}:{options.port}\r\n"
                 "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                 f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
            if " 101 " not in (await read_head(reader)).split("\r\n")[0]:
                self.counts["failed"] += 1
                return
            self.counts["sessions"] += 1
            prompts = 0
            while True:
                opcode, payload = await read_frame(reader)
                if opcode == 8:
                    break
                text = payload.decode()
                self.counts["got"] += 1
                if text.startswith("0"):
                    self.send(writer, "40")
                elif text == "2":
                    self.send(writer, "3")
                elif text.startswith("42"):
                    self.counts["tokens" if text.startswith('42["token"') else "done"] += 1
                if text.startswith("40") or text.startswith('42["done"'):
                    if prompts == options.prompts:
                        await asyncio.sleep(options.hold)
                        writer.write(frame(struct.pack("!H", 1000), 8, masked=True))
                        continue
                    prompts += 1
                    self.counts["prompts"] += 1
                    self.send(writer, '42["prompt",{"text":"hello"}]')
            writer.close()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.counts["failed"] += 1

    def send(self, writer, text):
        writer.write(frame(text.encode(), masked=True))
        self.counts["sent"] += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["server", "client"])
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("--interval", type=float, default=0.05)
    parser.add_argument("--tokens", type=int, default=40)
    parser.add_argument("--ping", type=float, default=2.0)
    parser.add_argument("--sessions", type=int, default=1)
    parser.add_argument("--prompts", type=int, default=2)
    parser.add_argument("--hold", type=float, default=0.0)
    options = parser.parse_args()
    peer = Server(options) if options.role == "server" else Clients(options)

    # What started this may have blocked signals.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    async def run():
        task = asyncio.ensure_future(peer.serve() if options.role == "server" else peer.run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            pass
        print(json.dumps(peer.counts), flush=True)

    asyncio.run(run())


if __name__ == "__main__":
    main()
