"""Makes large captures of Socket.IO answers that stream, to measure on."""
import base64
import hashlib
import struct


class Peer:
    """A client's connection, and where both sides are in their streams."""

    def __init__(self, number):
        self.client = struct.pack(">BBBB", 10, 1 + number // 62500, number // 250 % 250, number % 250 + 2)
        self.server = bytes([10, 0, 0, 100])
        self.port = 20000 + number % 40000
        self.sent = {True: 1000, False: 500000}

    def packet(self, down, flags, payload=b""):
        source, target = (self.server, self.client) if down else (self.client, self.server)
        ports = (8080, self.port) if down else (self.port, 8080)
        acknowledged = self.sent[not down] if flags & 0x10 else 0
        tcp = struct.pack(">HHIIBBHHH", *ports, self.sent[down], acknowledged, 0x50, flags, 64240, 0, 0)
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
    yield peer.packet(False, 0x18, frame('420["prompt",{"text":"tell me about packets"}]', False))


def make_capture(path, messages):
    """Streams to 1000 clients in turn, a token every 30 ms, each in a packet that is acknowledged; and heartbeats."""
    peers = [Peer(number) for number in range(1000)]
    clock = 1_700_000_000_000_000
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))

        def write(packet):
            nonlocal clock
            clock += 15
            file.write(struct.pack("<IIII", clock // 1_000_000, clock % 1_000_000, len(packet), len(packet)) + packet)

        for number, peer in enumerate(peers):
            for packet in opening(peer, number):
                write(packet)
        beaten = clock
        for index in range(messages // len(peers)):
            event = frame('42["token",{"i":%d,"text":"%s"}]' % (index, "some words of an answer " * (index % 9)), True)
            for peer in peers:
                write(peer.packet(True, 0x18, event))
                write(peer.packet(False, 0x10))
            if clock - beaten > 25_000_000:
                beaten += 25_000_000
                for peer in peers:
                    write(peer.packet(True, 0x18, frame("2", True)))
                    write(peer.packet(False, 0x18, frame("3", False)))
        for peer in peers:
            for packet in (peer.packet(False, 0x18, b"\x88\x82\1\2\3\4\2\xea"), peer.packet(True, 0x18, b"\x88\2\3\xe8")):
                write(packet)
            write(peer.packet(True, 0x11))
            write(peer.packet(False, 0x11))
