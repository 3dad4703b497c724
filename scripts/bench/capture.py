"""Makes large captures of Socket.IO answers that stream, to measure on."""
import base64
import hashlib
import random
import struct


class Peer:
    """A client's connection, and where both sides are in their streams."""

    # What the clocks of all hosts show.
    milliseconds = 1

    def __init__(self, number):
        self.client = struct.pack(">BBBB", 10, 1 + number // 62500, number // 250 % 250, number % 250 + 2)
        self.server = bytes([10, 0, 0, 100])
        self.port = 20000 + number % 40000
        self.sent = {True: 1000, False: 500000}
        self.stamps = {True: 1, False: 1}
        self.unacknowledged = 0
        self.prompts = self.events = self.answer_end = 0

    def packet(self, down, flags, payload=b""):
        source, target = (self.server, self.client) if down else (self.client, self.server)
        ports = (8080, self.port) if down else (self.port, 8080)
        acknowledged = self.sent[not down] if flags & 0x10 else 0
        # Maximum segment size, selective acknowledgements, timestamps and window scale (RFC 9293, 2018, 7323).
        opening = bytes.fromhex("020405b40402") if flags & 2 else b"\1\1"
        options = opening + struct.pack(">BBII", 8, 10, self.milliseconds, self.stamps[not down])
        options += bytes.fromhex("01030307") if flags & 2 else b""
        self.stamps[down] = self.milliseconds
        offset = (20 + len(options)) << 2
        tcp = struct.pack(">HHIIBBHHH", *ports, self.sent[down], acknowledged, offset, flags, 64240 if flags & 2 else 502, 0, 0)
        tcp += options
        self.sent[down] += len(payload) + (1 if flags & 3 else 0)
        total = 20 + len(tcp) + len(payload)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, total, self.sent[down] & 0xFFFF, 0x4000, 64, 6, 0) + source + target
        return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp + payload


def frame(text, down):
    body = text.encode()
    mask = b"" if down else b"\1\2\3\4"
    head = bytes([0x81]) + (
        bytes([len(body) | (0 if down else 0x80)]) if len(body) < 126
        else struct.pack(">BH", 126 | (0 if down else 0x80), len(body)))
    return head + mask + (body if down else bytes(b ^ mask[i % 4] for i, b in enumerate(body)))


def opening(peer, number):
    key = base64.b64encode(struct.pack(">QQ", number, number)).decode()
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    sid = base64.urlsafe_b64encode(hashlib.sha1(key.encode()).digest()[:15]).decode()
    request = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: chat:8080\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n")
    answer = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n")
    hello = f'0{{"sid":"{sid}","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}}'
    yield peer.packet(False, 0x02)
    yield peer.packet(True, 0x12)
    yield peer.packet(False, 0x10)
    yield peer.packet(False, 0x18, request.encode())
    yield peer.packet(True, 0x18, answer.encode())
    yield peer.packet(True, 0x18, frame(hello, True))
    yield peer.packet(False, 0x18, frame("40", False))
    yield peer.packet(True, 0x18, frame(f'40{{"sid":"{sid}"}}', True))


def make_capture(path, messages):
    """Prompts of 1000 clients, answers that stream, a token every 30 ms or so, and heartbeats.

    Which client is next, how long texts and answers are, which writes share a packet and which take two is chance, the
    same in each run; clients acknowledge each second packet, as they do (RFC 9293 section 3.8.6.3).
    """
    chance = random.Random(1)
    words = "some words of an answer that a model gives to a question about packets and how they are lost and found " * 3
    peers = [Peer(number) for number in range(1000)]
    clock = start = 1_700_000_000_000_000
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))

        def write(packet):
            nonlocal clock
            clock += 15
            Peer.milliseconds = (clock - start) // 1000 + 1
            file.write(struct.pack("<IIII", clock // 1_000_000, clock % 1_000_000, len(packet), len(packet)) + packet)

        def event(peer):
            """The next event of an answer: a token, or the end."""
            peer.events += 1
            if peer.events == peer.answer_end:
                return frame('42["done",{"i":%d}]' % peer.events, True)
            return frame('42["token",{"i":%d,"text":"%s"}]' % (peer.events, words[: chance.randrange(220)]), True)

        def ask(peer):
            """A prompt, which the server acknowledges before it answers."""
            peer.prompts += 1
            peer.answer_end = min(peer.events + chance.randrange(50, 400), each)
            write(peer.packet(False, 0x18, frame('42%d["prompt",{"text":"and why?"}]' % peer.prompts, False)))
            write(peer.packet(True, 0x18, frame('43%d[{"ok":true}]' % peer.prompts, True)))

        def send(peer, data):
            write(peer.packet(True, 0x18, data))
            peer.unacknowledged += 1
            if peer.unacknowledged == 2:
                write(peer.packet(False, 0x10))
                peer.unacknowledged = 0

        for number, peer in enumerate(peers):
            for packet in opening(peer, number):
                write(packet)
        beaten = clock
        each = messages // len(peers)
        while any(peer.events < each for peer in peers):
            chance.shuffle(peers)
            for peer in peers:
                if peer.events == each:
                    continue
                if peer.events == peer.answer_end:
                    ask(peer)
                    continue
                data = event(peer)
                kind = chance.random()
                if kind < 0.05 and peer.events < peer.answer_end:
                    send(peer, data + event(peer))
                elif kind < 0.07:
                    send(peer, data[: len(data) // 2])
                    send(peer, data[len(data) // 2:])
                else:
                    send(peer, data)
            if clock - beaten > 25_000_000:
                beaten += 25_000_000
                for peer in peers:
                    write(peer.packet(True, 0x18, frame("2", True)))
                    write(peer.packet(False, 0x18, frame("3", False)))
        for peer in peers:
            write(peer.packet(False, 0x18, b"\x88\x82\1\2\3\4\2\xea"))
            write(peer.packet(True, 0x18, b"\x88\2\3\xe8"))
            write(peer.packet(True, 0x11))
            write(peer.packet(False, 0x11))
