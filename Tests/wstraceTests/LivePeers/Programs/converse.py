"""Lets real programs speak with each other in a network namespace of their own, and records them.

usage: unshare --net [--map-current-user --keep-caps] PYTHON converse.py RESULTS WHEEL

Leaves in the folder RESULTS: capture.pcap, and the programs' journals as *.jsonl. Every program is ended before this one,
and none runs for longer than its time limit. WHEEL is nicegui's, for the Socket.IO client of browsers in it.
"""
import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parent
# The whole conversation takes about ten seconds.
TIME_LIMIT = 30
# Clients are at 127.0.0.1. Hosts of their own, so that the proxy's two legs differ as they do in a network.
PROXY, SOCKET_IO, ECHO, JOURNAL = "127.0.0.5", "127.0.0.2", "127.0.0.3", "127.0.0.4"


class Conversation:
    def __init__(self, results, wheel):
        self.results = results
        self.processes = []
        self.deadline = time.monotonic() + TIME_LIMIT
        self.browser_reported = threading.Event()
        for name in ("page.html", "nginx.conf"):
            shutil.copy(PROGRAMS / name, results)
        with zipfile.ZipFile(wheel) as archive:
            inside = next(name for name in archive.namelist() if name.endswith("/socket.io.min.js"))
            (results / "socket.io.min.js").write_bytes(archive.read(inside))

    def start(self, name, *command):
        """Starts a program; what it prints is its journal."""
        output = open(self.results / f"{name}.jsonl", "wb")
        errors = open(self.results / f"{name}.errors", "wb")
        process = subprocess.Popen(
            command, stdout=output, stderr=errors, stdin=subprocess.DEVNULL, cwd=self.results, start_new_session=True)
        self.processes.append((name, process))
        return process

    def await_port(self, host, port=8080):
        while True:
            try:
                return socket.create_connection((host, port), timeout=1).close()
            except OSError:
                if time.monotonic() > self.deadline:
                    raise TimeoutError(f"nobody listens at {host}:{port}") from None
                time.sleep(0.05)

    def await_end(self, *names):
        for name, process in self.processes:
            if name in names and process.wait(max(0.1, self.deadline - time.monotonic())) != 0:
                raise RuntimeError(f"{name} failed: {(self.results / f'{name}.errors').read_text()[-500:]}")

    def stop(self):
        """Ends what was started, its own children too, newest first."""
        for name, process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT if name == "tcpdump" else signal.SIGTERM)
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def collect_journal(self):
        """A server for the journal that the page sends when it is done."""
        conversation = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                (conversation.results / "browser.journal.json").write_bytes(body)
                self.send_response(204)
                self.end_headers()
                conversation.browser_reported.set()

            def log_message(self, *arguments):
                pass

        listener = http.server.ThreadingHTTPServer((JOURNAL, 8079), Handler)
        threading.Thread(target=listener.serve_forever, daemon=True).start()

    def run(self):
        python = sys.executable
        self.collect_journal()
        self.start("server", python, PROGRAMS / "server.py", SOCKET_IO, "8080")
        self.start("echo", "env", "NODE_PATH=/usr/share/nodejs", "node", PROGRAMS / "echo.js", ECHO, "8080")
        self.start("nginx", "nginx", "-p", f"{self.results}/", "-e", "nginx-error.log", "-c", "nginx.conf")
        for host in (SOCKET_IO, ECHO, PROXY):
            self.await_port(host)
        # Only now, so that the looks for a listener are not recorded.
        capture = self.start(
            "tcpdump", "tcpdump", "-i", "lo", "-U", "-s", "0", "-Z", "root", "-w", "capture.pcap", "tcp port 8080")
        while not (self.results / "tcpdump.errors").read_text().startswith("tcpdump: listening"):
            if capture.poll() is not None:
                raise RuntimeError((self.results / "tcpdump.errors").read_text())
            time.sleep(0.05)
        client = (python, PROGRAMS / "client.py")
        self.start("client-upgrading", *client, f"http://{PROXY}:8080", "polling,websocket")
        self.start("client-polling", *client, f"http://{PROXY}:8080", "polling")
        self.start("client-direct", *client, f"http://{SOCKET_IO}:8080", "websocket")
        self.start(
            "chromium", "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={self.results}/profile", f"http://{PROXY}:8080/page.html")
        self.await_end("client-upgrading", "client-polling", "client-direct")
        if not self.browser_reported.wait(max(0.1, self.deadline - time.monotonic())):
            raise TimeoutError("the browser has not sent its journal")
        # The last packets of the connections' ends, and the capture's buffer.
        time.sleep(1)


def main():
    results = Path(sys.argv[1]).resolve()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    conversation = Conversation(results, sys.argv[2])
    try:
        conversation.run()
    finally:
        conversation.stop()


main()
