"""Imports an archive into the Network panel of Chromium's own DevTools and writes what that shows as JSON.

usage: devtools.py ARCHIVE.har CHROMIUM [SCREENSHOT-STEM]
"""
import json
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request

from playwright.sync_api import sync_playwright

GRID_ROW = "tr.data-grid-data-grid-node"


def start(chromium, profile):
    """A browser with an empty page, and the port on which it serves its DevTools."""
    browser = subprocess.Popen(
        [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
         "--remote-allow-origins=*", f"--user-data-dir={profile}", "about:blank"],
        stderr=subprocess.PIPE, text=True)
    for line in browser.stderr:
        found = re.search(r"listening on ws://127\.0\.0\.1:(\d+)/", line)
        if found:
            threading.Thread(target=browser.stderr.read, daemon=True).start()
            return browser, int(found[1])
    raise RuntimeError("the browser did not start")


def cells(row):
    return [cell.strip() for cell in row.inner_text().split("\t")]


def look(page, archive, stem):
    seen = {}
    page.locator("input[type=file]").first.set_input_files(archive)
    rows = page.locator(f".network-log-grid {GRID_ROW}")
    rows.first.wait_for()
    seen["requests"] = [cells(row)[:3] for row in rows.all()]
    socket = page.locator(f".network-log-grid {GRID_ROW}", has_text="websocket").first
    socket.locator("td.name-column").click()
    tab = page.get_by_role("tab", name="Messages", exact=True)
    tab.click()
    # The only grid beside that of the requests; it holds the rows in sight.
    messages = page.locator(f"{GRID_ROW}:has(td.data-column)")
    messages.first.wait_for()
    seen["messages"] = [cells(row)[:2] for row in messages.all()]
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


def main():
    archive, chromium = sys.argv[1:3]
    stem = sys.argv[3] if len(sys.argv) > 3 else None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser, port = start(chromium, profile)
        try:
            with sync_playwright() as playwright:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                    target = next(one for one in json.load(answer) if one["type"] == "page")
                page = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}").contexts[0].new_page()
                errors = []
                page.on("pageerror", lambda error: errors.append(str(error)))
                page.set_viewport_size({"width": 1500, "height": 1000})
                page.goto(f"http://127.0.0.1:{port}/devtools/devtools_app.html"
                          f"?ws=127.0.0.1:{port}/devtools/page/{target['id']}&panel=network")
                seen = look(page, archive, stem)
                seen["errors"] = errors
                json.dump(seen, sys.stdout)
        finally:
            browser.terminate()
            browser.wait()


main()
