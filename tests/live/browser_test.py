#!/usr/bin/python3
"""A person's view: the page in a real browser, during a failover, light and dark, wide and on a phone, without scripts.

    browser_test.py [Class.test]
    browser_test.py --pictures FOLDER     makes the README's screenshots
"""
import sys
from pathlib import Path

from browser import Browser
from cluster import CALM_LEASE
from scenario import Scenario, main
from waiting import until
from writer import Writer

# Text of 4.5 and more on its ground (WCAG 2.1, AA), as the browser has computed it; large or not.
CONTRAST = r"""
const parse = (text) => text.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll("body *")].filter((element) => element.offsetParent !== null && !element.closest("svg, .skip") &&
  [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())).map((element) => {
    const a = light(parse(getComputedStyle(element).color)), b = light(ground(element));
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.className + " " + element.textContent.slice(0, 40)];
  }).filter(([ratio]) => ratio < 4.5);
"""


class Page(Scenario):
    options = {"lease": True, "toml": CALM_LEASE}

    def open(self, browser, node):
        browser.open(f"http://{node.http}/")
        until("the picture", lambda: browser.run("return document.querySelectorAll('#picture svg .box').length") == 3)

    def settled(self):
        primary = self.cluster.settle()
        until("agents that see it", lambda: all(node.get("/status")[1].get("verdict") == "healthy" for node in self.cluster))
        return primary

    def test_a_failover_is_seen_without_a_reload(self):
        old = self.settled()
        watcher = next(node for node in self.cluster if node is not old)
        with Browser() as browser:
            browser.look(1280, 900)
            self.open(browser, watcher)
            browser.run("window.untouched = true")
            self.assertEqual(browser.text("#verdict"), "healthy")
            self.assertIn(old.name, browser.text("tr.primary"))
            self.cluster.kill_agents(old)
            old.crash()
            until("alerts", lambda: browser.text("#alert-list") and not browser.run("return document.getElementById('alerts').hidden"))
            new = self.cluster.wait_primary(old)
            until("the new primary", lambda: new.name in (browser.text("tr.primary") or ""))
            until("the event", lambda: f"{new.name} is the primary now" in (browser.text("#events") or ""))
            self.cluster.start_agents(old)
            self.cluster.healthy()
            until("a healthy page", lambda: browser.text("#verdict") == "healthy")
            self.assertTrue(browser.run("return window.untouched"))
            label = browser.run("return document.querySelector('#picture svg').getAttribute('aria-label')")
            self.assertIn(f"{new.name}: primary", label)
            # The agent ends and comes back.
            self.cluster.end_agents(watcher)
            until("last seen", lambda: "last seen" in (browser.text("#verdict") or ""))
            self.cluster.start_agents(watcher)
            until("a healthy page", lambda: browser.text("#verdict") == "healthy")
            self.assertTrue(browser.run("return window.untouched"))
            quarrels = [line for line in browser.complaints() if "Content Security Policy" in line or "Uncaught" in line]
            self.assertEqual(quarrels, [])

    def test_everybody_can_read_it(self):
        primary = self.settled()
        with Browser() as browser:
            for width, dark, phone in ((1280, False, False), (1280, True, False), (375, False, True), (375, True, True)):
                browser.look(width, 900, dark, phone)
                self.open(browser, primary)
                self.assertEqual(browser.run(CONTRAST), [], f"{width} {'dark' if dark else 'light'}")
                self.assertLessEqual(browser.run("return document.documentElement.scrollWidth"), width, "it scrolls sideways")
            # A keyboard reaches the links; what is named by other elements is named by ones that exist.
            self.assertEqual(browser.run("return [...document.querySelectorAll('[aria-labelledby]')].filter((e) => "
                                         "!document.getElementById(e.getAttribute('aria-labelledby'))).length"), 0)
            names = browser("POST", "/elements", {"using": "css selector", "value": "section, svg[role=img], progress, h1, table"})
            self.assertGreater(len(names), 6)
            self.assertEqual(browser.complaints(), [])

    def test_without_scripts(self):
        primary = self.settled()
        with Browser() as browser:
            browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
            browser.look(1280, 900)
            browser.open(f"http://{primary.http}/")
            found = browser("POST", "/element", {"using": "css selector", "value": "table"})
            text = browser("GET", f"/element/{next(iter(found.values()))}/text")
            for node in self.cluster:
                self.assertIn(node.name, text)
            self.assertIn("primary", text)


class Pictures(Page):
    """The README's; each shows the cluster after a failover, while a client writes."""
    folder = None

    def test_pictures(self):
        old = self.settled()
        watcher = next(node for node in self.cluster if node is not old)
        with Browser() as browser, Writer(self.cluster) as writer:
            browser.look(1280, 900)
            self.open(browser, watcher)
            writer.wait_rows(100)
            self.cluster.kill_agents(old)
            old.crash()
            until("alerts", lambda: not browser.run("return document.getElementById('alerts').hidden"))
            until("its election", lambda: "candidate" in (browser.text("#decision") or "") or "promote" in (browser.text("#decision") or ""))
            browser.picture(self.folder / "page-failover.png")
            new = self.cluster.wait_primary(old)
            until("the new primary", lambda: new.name in (browser.text("tr.primary") or ""))
            browser.picture(self.folder / "page-degraded.png")
            self.cluster.start_agents(old)
            self.cluster.healthy()
            writer.wait_rows(200)
            until("a healthy page", lambda: browser.text("#verdict") == "healthy")
            for name, width, dark, phone in (("light", 1280, False, False), ("dark", 1280, True, False), ("phone", 390, True, True)):
                browser.look(width, 1100 if phone else 900, dark, phone)
                self.open(browser, watcher)
                until("curves", lambda: not browser.run("return document.getElementById('curves').hidden"))
                browser.picture(self.folder / f"page-{name}.png", whole=not phone)


def load_tests(loader, tests, _):
    wanted = Pictures if Pictures.folder else Page
    return loader.loadTestsFromTestCase(wanted) if not Pictures.folder else loader.loadTestsFromName("test_pictures", Pictures)


if __name__ == "__main__":
    if "--pictures" in sys.argv:
        at = sys.argv.index("--pictures")
        Pictures.folder = Path(sys.argv[at + 1]).resolve()
        del sys.argv[at:at + 2]
    main(170)
