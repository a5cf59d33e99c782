#!/usr/bin/env python3
"""How the pages of the web role and the report look in a browser: at 360 and 1200 pixels, light and dark, by keyboard alone.

usage: tests/looks.py    after `make`; pictures in build/pictures/web/

Each text must have the contrast of WCAG 2.1 AA against what is behind it (4.5, large text 3), no page may be wider than
its window whatever a mail says, and whoever has only a keyboard must get everywhere and see where they are.  Needs
chromium; run by `make looks`, not by `make check`.
"""
import json
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.rig import rig as r
from tests.rig.chromium import Chromium
from tests.rig.gatewayd import running
from tests.rig.mail import compose
from tests.rig.process import free_port, wait_for
from tests.rig.tap import Tap, same
from tests.system.test_web import HOSTILE, links

OUT = ROOT / "build/pictures/web"
WIDTHS = (360, 1200)
LONG = "W" * 300
PAGES = {"board": "/", "cases": "/cases?state=all", "case": "/case/1", "long": "/case/2", "search": "/search?q=printer",
         "nothing": "/search?q=nonexistent", "deadlines": "/deadlines"}
PUBLIC = {"sign-in": "/sign-in", "missing": "/nothing-there"}

# Problems of the page as a list of texts.
LOOK = """(() => {
  const problems = [], width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    for (const e of document.querySelectorAll("body *"))
      if (e.getBoundingClientRect().right > width + 1 && !e.closest(".wide"))
        problems.push("wider than the window: " + e.tagName + " " + e.className + " " + e.textContent.slice(0, 40));
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length == 3 || c[3] == 1) return c;
      if (c[3]) problems.push("half transparent: " + e.tagName);
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  };
  let least = 21;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (!n.data.trim() || !box.width || style.visibility == "hidden" || e.closest("svg title, style, script")) continue;
    const svg = e.closest("svg"), colour = rgb(svg ? style.fill : style.color);
    const pair = [light(colour), light(behind(svg ? svg.parentElement : e))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    least = Math.min(least, ratio);
    if (ratio < (large ? 3 : 4.5))
      problems.push("contrast " + ratio.toFixed(2) + ": " + e.tagName + " " + n.data.trim().slice(0, 40));
  }
  for (const svg of document.querySelectorAll("svg")) {
    const boxes = [...svg.querySelectorAll("text")].map(t => [t.textContent, t.getBoundingClientRect()]);
    boxes.forEach(([text, a], i) => {
      if (a.height < 9) problems.push("a text of " + a.height.toFixed(1) + " px: " + text);
      for (const [other, b] of boxes.slice(i + 1))
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
          problems.push(text + " and " + other + " are on each other");
    });
  }
  return JSON.stringify({problems, least});
})()"""

# Where the keyboard is: what it is, whether that can be seen, and what it is called.
HERE = """(() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  const name = e.getAttribute("aria-label") || e.textContent.trim() || e.title || (e.labels && e.labels[0] && e.labels[0].textContent) || "";
  return JSON.stringify({tag: e.tagName, name: name.trim().slice(0, 60), href: e.getAttribute("href"),
    ring: style.outlineStyle != "none" && parseFloat(style.outlineWidth) >= 2, seen: box.width > 0 && box.left >= 0 && box.right <= innerWidth + 1});
})()"""
STOPS = 'document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary").length'


def fill(rig, daemon):
    mails = [compose(r.ANN, r.SUPPORT, f"The printer {HOSTILE}", f"The printer is dead {HOSTILE}",
                     attach=[("evil\".html", "text/html", b"<script>alert(2)</script>"), (f"{LONG}.pdf", "application/pdf", b"x")]),
             compose(r.EVE, r.SUPPORT, LONG, f"{LONG}\n> {LONG}\nhttps://example.test/{LONG}")]
    for sender, mail in zip((r.ANN, r.EVE), mails):
        rig.send(sender, mail)
    wait_for(lambda: len(daemon.cases()) == 2, 30, "the cases")
    daemon.ctl("case", "assign", "1", "sam")
    daemon.ctl("case", "note", "1", f"Only for us {HOSTILE}")


def stop(browser):
    browser.press("Tab")
    return json.loads(browser.js(HERE))


def tab_to(browser, wanted):
    """Presses Tab until that is focused."""
    for _ in range(100):
        here = stop(browser)
        if wanted(here):
            return here
    raise AssertionError("the keyboard does not get there")


def sign_in(browser, rig, base):
    browser.go(base + "/sign-in")
    tab_to(browser, lambda here: here["tag"] == "INPUT")
    browser.write(r.SAM)
    browser.loaded(lambda: browser.press("Enter"))
    link = wait_for(lambda: links(rig, r.SAM), 30, "the link by mail")[-1]
    browser.go(base + link)
    tab_to(browser, lambda here: here["tag"] == "BUTTON")
    browser.loaded(lambda: browser.press("Enter"))


def keyboard(tap, browser, base):
    for name, path in PAGES.items():
        with tap.point(f"{name}: Tab gets to everything in its order, each is named and can be seen"):
            browser.go(base + path)
            stops = [stop(browser) for _ in range(browser.js(STOPS))]
            same([here for here in stops if not (here["ring"] and here["seen"] and here["name"])], [])
            same(stops[0]["href"], "#content")
            same(browser.js("document.querySelectorAll('[tabindex]').length"), 0)
    with tap.point("from the overview into a case and into a search, without a mouse"):
        browser.go(base + "/")
        tab_to(browser, lambda here: here["href"] == "/case/1")
        browser.loaded(lambda: browser.press("Enter"))
        same(browser.js("location.pathname"), "/case/1")
        tab_to(browser, lambda here: here["tag"] == "INPUT")
        browser.write("printer")
        browser.loaded(lambda: browser.press("Enter"))
        same((browser.js("location.pathname"), browser.js("document.querySelectorAll('ul.cases a').length")), ("/search", 1))


def printed(tap, browser, url):
    """A4 at 96 dots an inch."""
    with tap.point("report, printed: black on white whatever the screen has, nothing sticks out of the paper"):
        browser.size(794, 1123, True)
        browser.call("Emulation.setEmulatedMedia", media="print")
        browser.go(url)
        found = json.loads(browser.js(LOOK))
        browser.picture(OUT / "report-print.png")
        browser.call("Emulation.setEmulatedMedia", media="")
        same(found["problems"], [])


def look(tap, browser, name, url):
    with tap.point(f"{name}: at {' and '.join(map(str, WIDTHS))} pixels, light and dark, all can be read and nothing sticks out"):
        least = 21
        for width in WIDTHS:
            for dark in (False, True):
                browser.size(width, 900, dark)
                browser.go(url)
                found = json.loads(browser.js(LOOK))
                browser.picture(OUT / f"{name}-{width}{'-dark' if dark else ''}.png")
                same(found["problems"], [], f"{name}, {width}, {'dark' if dark else 'light'}")
                least = min(least, found["least"])
        print(f"# {name}: the least contrast is {least:.2f}", flush=True)


def main():
    if not shutil.which("chromium"):
        sys.exit("chromium is missing: apt-get install chromium")
    tap, port = Tap(), free_port()
    base = f"http://127.0.0.1:{port}"

    def change(daemon):
        daemon.settings["web"] = {"listen": f"127.0.0.1:{port}"}

    with running(change) as (rig, daemon), Chromium() as browser:
        fill(rig, daemon)
        report = daemon.dir / "report.html"
        daemon.ctl("report", "--html", report)
        browser.size(1200, 900, False)
        for name, path in PUBLIC.items():
            look(tap, browser, name, base + path)
        with tap.point("signed in by keyboard: address, Enter, the mailed link, Enter"):
            sign_in(browser, rig, base)
            same(browser.js("location.pathname"), "/")
        for name, path in PAGES.items():
            look(tap, browser, name, base + path)
        look(tap, browser, "report", report.as_uri())
        printed(tap, browser, report.as_uri())
        browser.size(1200, 900, False)
        keyboard(tap, browser, base)
    tap.done()


if __name__ == "__main__":
    main()
