"""What a program of the live conversation has sent and received, a line of JSON for each event."""
import json
import sys


def plain(value):
    """A value as the wire's JSON has it: the bytes in it are counted, as a receiver of attachments can."""
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": len(value)}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def note(who, conversation, direction, namespace, event, arguments):
    record = {
        "who": who, "conversation": conversation, "direction": direction, "namespace": namespace, "event": event,
        "arguments": plain(arguments),
    }
    print(json.dumps(record), flush=True)


def complain(text):
    print(text, file=sys.stderr, flush=True)
