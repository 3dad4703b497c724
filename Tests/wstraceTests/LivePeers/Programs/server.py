"""A Socket.IO server under uvicorn: streams tokens, takes uploads with attachments, answers in a second namespace."""
import asyncio
import sys

import socketio
import uvicorn

from journal import note

# Heartbeats come within the conversation's few seconds.
server = socketio.AsyncServer(async_mode="asgi", ping_interval=2, ping_timeout=5, cors_allowed_origins="*")
TO_SERVER, TO_CLIENT = "clientToServer", "serverToClient"


def session(sid, namespace):
    return server.manager.eio_sid_from_sid(sid, namespace)


async def send(sid, namespace, event, *arguments):
    note("server", session(sid, namespace), TO_CLIENT, namespace, event, arguments)
    data = arguments if len(arguments) != 1 else arguments[0]
    await server.emit(event, data, to=sid, namespace=namespace)


@server.on("prompt")
async def prompt(sid, text, options):
    note("server", session(sid, "/"), TO_SERVER, "/", "prompt", [text, options])
    asyncio.ensure_future(stream(sid, text, options["tokens"]))
    return {"accepted": True}


async def stream(sid, text, count):
    for index in range(count):
        await send(sid, "/", "token", {"id": index, "text": f"{text} – wörd {index} 🙂"})
        await asyncio.sleep(0.01)
    await send(sid, "/", "done", {"count": count}, None)


@server.on("upload")
async def upload(sid, name, first, second):
    note("server", session(sid, "/"), TO_SERVER, "/", "upload", [name, first, second])
    await send(sid, "/", "stored", {"name": name, "copy": first[:100]}, second["parts"][0])
    return len(first), second["parts"][0]


@server.on("echo", namespace="/admin")
async def echo(sid, *arguments):
    note("server", session(sid, "/admin"), TO_SERVER, "/admin", "echo", arguments)
    await send(sid, "/admin", "echoed", *arguments)


application = socketio.ASGIApp(server)
if __name__ == "__main__":
    uvicorn.run(application, host=sys.argv[1], port=int(sys.argv[2]), log_level="warning", lifespan="off")
