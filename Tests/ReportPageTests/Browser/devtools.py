"""Imports an archive into the Network panel of Chromium's own DevTools and writes what that shows as JSON.

usage: devtools.py ARCHIVE.har CHROMIUM [SCREENSHOT-STEM]
"""
import json
import re
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

from playwright.sync_api import sync_playwright

GRID_ROW = "tr.data-grid-data-grid-node"

# Seconds until something has to be there. DevTools loads hundreds of modules, and other browsers may run meanwhile.
DEADLINE = 120
# A list that has stood still for so many seconds is complete.
SETTLED = 0.5
# A second browser may do what a first one did not; a third one won't.
ATTEMPTS = 2


def until(condition, what):
    """What a condition gives, asked again until that is something."""
    end = time.monotonic() + DEADLINE
    while not (value := condition()):
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {DEADLINE} s")
        time.sleep(0.1)
    return value


def port_of(browser, log):
    """The port on which a browser serves its DevTools; it says so once it does."""
    if browser.poll() is not None:
        raise RuntimeError(f"the browser ended with status {browser.returncode}")
    with open(log, errors="replace") as lines:
        found = re.search(r"listening on ws://127\.0\.0\.1:(\d+)/", lines.read())
    return found and int(found[1])


def target_of(port):
    """The empty page that the browser opens, which comes after its port."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=DEADLINE) as answer:
        return next((one["id"] for one in json.load(answer) if one["type"] == "page"), None)


def cells(row):
    return [cell.strip() for cell in row.split("\t")]


def settled(rows, fewest=1):
    """The cells of rows that are filled one after the other, once they no longer change."""
    latest, since = None, 0

    def read():
        nonlocal latest, since
        texts = rows.all_inner_texts()
        if texts != latest:
            latest, since = texts, time.monotonic()
        return texts if len(texts) >= fewest and time.monotonic() - since >= SETTLED else None

    return [cells(row) for row in until(read, f"{fewest} rows that no longer change")]


def look(page, archive, stem):
    seen = {}
    page.locator("input[type=file]").first.set_input_files(archive)
    with open(archive) as file:
        entries = len(json.load(file)["log"]["entries"])
    rows = page.locator(f".network-log-grid {GRID_ROW}")
    seen["requests"] = [row[:3] for row in settled(rows, entries)]
    socket = page.locator(f".network-log-grid {GRID_ROW}", has_text="websocket").first
    socket.locator("td.name-column").click()
    tab = page.get_by_role("tab", name="Messages", exact=True)
    tab.click()
    # The only grid beside that of the requests; it holds the rows in sight.
    seen["messages"] = [row[:2] for row in settled(page.locator(f"{GRID_ROW}:has(td.data-column)"))]
    if stem:
        page.screenshot(path=f"{stem}-messages.png")
    poll = page.locator(f".network-log-grid {GRID_ROW}", has_text="transport=polling").first
    poll.locator("td.name-column").click()
    page.get_by_role("tab", name="Response", exact=True).click()
    body = page.locator(".cm-content", has_text="sid").first
    body.wait_for()
    seen["response"] = body.inner_text()
    if stem:
        page.screenshot(path=f"{stem}-response.png")
    return seen


def attempt(archive, chromium, stem):
    """Starts a browser, looks at the archive with it, and tells what the browser wrote where that fails."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = f"{folder}/chromium.log"
        with open(log, "w") as errors:
            browser = subprocess.Popen(
                [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={folder}/profile",
                 "about:blank"],
                stderr=errors)
        try:
            return seen_by(browser, log, archive, stem)
        except Exception:
            with open(log, errors="replace") as lines:
                print(f"Chromium wrote:\n{lines.read()}", file=sys.stderr)
            raise
        finally:
            browser.terminate()
            try:
                browser.wait(timeout=10)
            except subprocess.TimeoutExpired:
                browser.kill()
                browser.wait()


def seen_by(browser, log, archive, stem):
    port = until(lambda: port_of(browser, log), "the browser's port")
    target = until(lambda: target_of(port), "the browser's page")
    with sync_playwright() as playwright:
        page = playwright.chromium.connect_over_cdp(
            f"http://127.0.0.1:{port}", timeout=DEADLINE * 1000).contexts[0].new_page()
        page.set_default_timeout(DEADLINE * 1000)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_viewport_size({"width": 1500, "height": 1000})
        page.goto(f"http://127.0.0.1:{port}/devtools/devtools_app.html"
                  f"?ws=127.0.0.1:{port}/devtools/page/{target}&panel=network")
        seen = look(page, archive, stem)
        seen["errors"] = errors
        return seen


def main():
    archive, chromium = sys.argv[1:3]
    stem = sys.argv[3] if len(sys.argv) > 3 else None
    for number in range(1, ATTEMPTS + 1):
        try:
            return json.dump(attempt(archive, chromium, stem), sys.stdout)
        except Exception:
            print(f"attempt {number} of {ATTEMPTS}: {traceback.format_exc()}", file=sys.stderr)
    sys.exit(1)


main()
