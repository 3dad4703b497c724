"""Opens a report in Chromium and writes what it saw as JSON.

usage: look.py REPORT.html CHROMIUM [SCREENSHOT-STEM]
       look.py --first-screens CHROMIUM REPORT.html ...
"""
import json
import sys

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

SIZES = {"wide": (1600, 1000, "light"), "laptop": (1280, 800, "dark"), "phone": (390, 844, "light")}


# The findings that are named before anybody scrolls.
FIRST_SCREEN = (
    "[...document.querySelectorAll('.index .id, article.finding .id')].filter(e => { const box = e.getBoundingClientRect();"
    " return box.height > 0 && box.bottom <= innerHeight; }).map(e => e.textContent)")


def key(page, name):
    page.keyboard.press(name)
    page.wait_for_timeout(60)


def view(page):
    return page.evaluate("[wstrace.view.from, wstrace.view.to]")


def look(page, seen):
    page.wait_for_function("document.documentElement.dataset.marks !== undefined")
    page.wait_for_timeout(150)
    seen["title"] = page.title()
    seen["marks"] = page.evaluate("wstrace.messages.n")
    seen["lanes"] = page.evaluate("wstrace.lanes.length")
    seen["findings"] = page.locator("article.finding:visible .id").all_inner_texts()
    seen["firstScreen"] = page.evaluate(FIRST_SCREEN)
    seen["pwned"] = page.evaluate("window.pwned !== undefined")
    seen["scripts"] = page.evaluate("document.scripts.length")
    seen["images"] = page.evaluate("document.images.length + document.querySelectorAll('iframe,link,object,embed').length")
    seen["overflow"] = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if not seen["lanes"]:
        return
    page.locator("#canvas").focus()
    whole = view(page)
    key(page, "+")
    seen["zooms"] = view(page)[1] - view(page)[0] < (whole[1] - whole[0]) * 0.99
    before = view(page)
    key(page, "ArrowRight")
    seen["pans"] = view(page)[0] > before[0]
    key(page, "0")
    seen["resets"] = view(page) == whole
    box = page.locator("#canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 40)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(60)
    seen["wheelZooms"] = view(page)[1] - view(page)[0] < (whole[1] - whole[0]) * 0.99
    page.locator("#canvas").focus()
    key(page, "0")
    page.select_option("#filter-direction", "up")
    up = page.evaluate("wstrace.shown()")
    page.select_option("#filter-direction", "down")
    down = page.evaluate("wstrace.shown()")
    page.select_option("#filter-direction", "")
    seen["filters"] = [up, down]
    if seen["marks"]:
        point = page.evaluate("wstrace.at(Math.floor(wstrace.messages.n / 2))")
        page.mouse.move(box["x"] + point["x"], box["y"] + point["y"])
        page.wait_for_timeout(60)
        seen["hover"] = page.locator(".tip").inner_text() if page.locator(".tip").is_visible() else ""
        page.mouse.click(box["x"] + point["x"], box["y"] + point["y"])
        page.wait_for_timeout(60)
        seen["detail"] = page.locator("#detail").inner_text()
        page.locator("#detail button.copy").first.click()
        page.wait_for_timeout(150)
        seen["copied"] = page.evaluate("navigator.clipboard.readText()")
        key(page, "Escape")
        seen["closes"] = page.locator("#detail").is_hidden()
        page.locator("#canvas").focus()
        key(page, "n")
        key(page, "Enter")
        seen["keyboardOpens"] = page.locator("#detail").is_visible()
        key(page, "Escape")


def first_screens(chromium, paths):
    """What each page names on its first screen, on a laptop and on a telephone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        screens = []
        for path in paths:
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto("file://" + path)
            page.wait_for_function("document.documentElement.dataset.marks !== undefined")
            laptop = page.evaluate(FIRST_SCREEN)
            page.set_viewport_size({"width": 390, "height": 844})
            screens.append([laptop, page.evaluate(FIRST_SCREEN)])
            page.close()
        browser.close()
    json.dump(screens, sys.stdout)


def main():
    if sys.argv[1] == "--first-screens":
        return first_screens(sys.argv[2], sys.argv[3:])
    path, chromium = sys.argv[1], sys.argv[2]
    stem = sys.argv[3] if len(sys.argv) > 3 else None
    seen = {"console": [], "requests": [], "dialogs": 0, "axe": {}}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (width, height, scheme) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme,
                permissions=["clipboard-read", "clipboard-write"])
            page = context.new_page()
            page.on("console", lambda message: seen["console"].append(message.text))
            page.on("pageerror", lambda error: seen["console"].append(str(error)))
            page.on("request", lambda request: seen["requests"].append(request.url))
            page.on("dialog", lambda dialog: (seen.update(dialogs=seen["dialogs"] + 1), dialog.dismiss()))
            page.goto("file://" + path)
            page.wait_for_function("document.documentElement.dataset.marks !== undefined")
            if stem:
                page.screenshot(path=f"{stem}-{name}.png")
            violations = Axe().run(page)["violations"]
            seen["axe"][name] = [violation["id"] for violation in violations]
            if name == "wide":
                look(page, seen)
            context.close()
        browser.close()
    json.dump(seen, sys.stdout)


main()
