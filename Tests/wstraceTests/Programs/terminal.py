#!/usr/bin/env python3
"""Runs a command on a terminal of its own, types on it, and prints as JSON what it showed and how it left the terminal.

usage: terminal.py ROWSxCOLUMNS STEP ... -- COMMAND ...
steps: wait:TEXT     until TEXT is written, after the step before
       type:KEYS
       resize:ROWSxCOLUMNS
       signal:NAMES  one after the other, while the command is stopped

What takes longer than 15 seconds fails.
"""
import fcntl, json, os, pty, select, signal, struct, sys, termios, time

LIMIT = 15


def resize(descriptor, size):
    rows, columns = map(int, size.split("x"))
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    split = sys.argv.index("--")
    size, steps, command = sys.argv[1], sys.argv[2:split], sys.argv[split + 1:]
    keeper, terminal = pty.openpty()
    resize(terminal, size)
    before = termios.tcgetattr(terminal)
    process = os.fork()
    if process == 0:
        os.login_tty(terminal) if hasattr(os, "login_tty") else adopt(terminal)
        os.execvp(command[0], command)
    shown, taken, failed = bytearray(), 0, None
    end = time.monotonic() + LIMIT

    def read(seconds):
        while select.select([keeper], [], [], seconds)[0]:
            try:
                shown.extend(os.read(keeper, 65536))
            except OSError:
                return
            seconds = 0

    for step in steps:
        verb, _, what = step.partition(":")
        end = time.monotonic() + LIMIT
        if verb == "wait":
            while (place := shown.find(what.encode(), taken)) < 0 and time.monotonic() < end:
                read(0.05)
            if place < 0:
                failed = step
                break
            taken = place + len(what.encode())
        elif verb == "type":
            taken = len(shown)
            os.write(keeper, what.encode())
        elif verb == "resize":
            taken = len(shown)
            resize(keeper, what)
        elif verb == "signal":
            os.kill(process, signal.SIGSTOP)
            for name in what.split(","):
                os.kill(process, getattr(signal, "SIG" + name))
            os.kill(process, signal.SIGCONT)
    status, end = None, time.monotonic() + LIMIT
    while status is None and time.monotonic() < end:
        read(0.05)
        ended, code = os.waitpid(process, os.WNOHANG)
        if ended:
            status = os.waitstatus_to_exitcode(code)
    if status is None:
        os.kill(process, signal.SIGKILL)
    read(0)
    print(json.dumps({
        "shown": shown.decode("utf-8", "replace"), "failed": failed, "status": status,
        "isRestored": termios.tcgetattr(terminal)[3] == before[3],
    }))


def adopt(terminal):
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for descriptor in range(3):
        os.dup2(terminal, descriptor)


main()
