"""A python-socketio client: asks for a stream, uploads with attachments, and speaks in two namespaces."""
import asyncio
import sys

import socketio

from journal import complain, note

TO_SERVER, TO_CLIENT = "clientToServer", "serverToClient"


async def converse(address, transports):
    client = socketio.AsyncClient()
    finished, echoed, stored = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def heard(event, *arguments, namespace="/"):
        note("client", client.eio.sid, TO_CLIENT, namespace, event, arguments)

    client.on("token", lambda *arguments: heard("token", *arguments))
    client.on("stored", lambda *arguments: (heard("stored", *arguments), stored.set()) and None)
    client.on("done", lambda *arguments: (heard("done", *arguments), finished.set()) and None)
    client.on(
        "echoed", lambda *arguments: (heard("echoed", *arguments, namespace="/admin"), echoed.set()) and None,
        namespace="/admin")

    async def send(event, *arguments, namespace="/", answered=False):
        note("client", client.eio.sid, TO_SERVER, namespace, event, arguments)
        if answered:
            return await client.call(event, arguments, namespace=namespace, timeout=10)
        return await client.emit(event, arguments, namespace=namespace)

    await client.connect(address, transports=transports, namespaces=["/", "/admin"], wait_timeout=10)
    await send("prompt", "héllo \"there\"\n", {"tokens": 12}, answered=True)
    await asyncio.wait_for(finished.wait(), 10)
    size, part = await send(
        "upload", "picture", bytes(range(256)) * 20, {"parts": [b"\x00\x01\x02", b"second"]}, answered=True)
    if (size, part) != (5120, b"\x00\x01\x02"):
        complain(f"the upload was answered with {size}, {part}")
    await asyncio.wait_for(stored.wait(), 10)
    await send("echo", [1, None, "x" * 3000], {"nested": {"a": []}}, namespace="/admin")
    await asyncio.wait_for(echoed.wait(), 10)
    # Long enough for a heartbeat.
    await asyncio.sleep(3)
    await client.disconnect()


asyncio.run(converse(sys.argv[1], sys.argv[2].split(",")))
