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
COLOURS = r"""
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
const faded = (element) => element !== null && (getComputedStyle(element).opacity < 1 || faded(element.parentElement));
const contrast = (a, b) => { [a, b] = [light(a), light(b)]; return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
"""
CONTRAST = COLOURS + r"""
return [...document.querySelectorAll("body *")].filter((element) => element.offsetParent !== null && !element.closest("svg, .skip, .unseen") &&
  [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())).map((element) =>
    [faded(element) ? 0 : contrast(parse(getComputedStyle(element).color), ground(element)), element.className + " " + element.textContent.slice(0, 40)])
  .filter(([ratio]) => ratio < 4.5);
"""
# Of what is drawn, text against what may lie under it: the card, and the box or plate beside it.
DRAWN_CONTRAST = COLOURS + r"""
return [...document.querySelectorAll("svg text")].flatMap((text) => {
  const under = [...text.parentElement.children].filter((e) => e.tagName === "rect").map((e) => getComputedStyle(e).fill)
    .filter((fill) => fill !== "none").map(parse);
  return [ground(text), ...under].map((below) => [contrast(parse(getComputedStyle(text).fill), below), text.textContent]);
}).filter(([ratio]) => ratio < 4.5);
"""
# Of the element that has the focus: which it is, its ring's width and contrast, whether it is in sight, what it is called.
FOCUS = COLOURS + r"""
const element = document.activeElement;
if (element === null || element === document.body) return null;
const style = getComputedStyle(element), at = element.getBoundingClientRect();
const label = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
return { place: [...document.querySelectorAll("*")].indexOf(element), ring: style.outlineStyle === "solid" ? parseFloat(style.outlineWidth) : 0,
  contrast: contrast(parse(style.outlineColor), ground(element.parentElement)),
  seen: at.width > 0 && at.right > 0 && at.left < innerWidth && at.bottom > 0 && at.top < innerHeight,
  name: (label || element.textContent).trim() };
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
                self.assertEqual(browser.run(DRAWN_CONTRAST), [], f"{width} {'dark' if dark else 'light'}")
                browser.run("document.getElementById('main').className = 'old'")
                self.assertEqual(browser.run(CONTRAST), [], f"{width} {'dark' if dark else 'light'}, old")
            # What is named by other elements is named by ones that exist.
            self.assertEqual(browser.run("return [...document.querySelectorAll('[aria-labelledby]')].filter((e) => "
                                         "!document.getElementById(e.getAttribute('aria-labelledby'))).length"), 0)
            roles = [self.spoken(browser, selector) for selector in ("header", "main", "footer", "nav", "section:not([hidden])", "#picture svg")]
            landmarks = {role: name for role, name in (one for found in roles for one in found)}
            self.assertLessEqual({"banner", "main", "contentinfo", "navigation", "region", "image"}, set(landmarks), landmarks)
            named = [name for found in roles[3:] for _, name in found]
            self.assertGreater(len(named), 5)
            self.assertNotIn("", named)
            self.assertEqual(browser.complaints(), [])

    def spoken(self, browser, selector):
        """(role, name) of each such element, as a screen reader gets them."""
        found = browser("POST", "/elements", {"using": "css selector", "value": selector})
        self.assertTrue(found, selector)
        keys = [next(iter(one.values())) for one in found]
        return [(browser("GET", f"/element/{key}/computedrole"), browser("GET", f"/element/{key}/computedlabel")) for key in keys]

    def test_a_keyboard_reaches_everything(self):
        primary = self.settled()
        with Browser() as browser:
            for dark in (False, True):
                browser.look(1280, 900, dark)
                self.open(browser, primary)
                until("events", lambda: browser.text("#events"))
                wanted = browser.run("return [...document.querySelectorAll('a, summary, [tabindex=\"0\"]')]"
                                     ".filter((e) => e.offsetParent !== null || e.matches('.skip')).length")
                stops = []
                while len(stops) < wanted + 5:
                    browser.press("\ue004")  # Tab
                    stop = browser.run(FOCUS)
                    if stop is None or stop["place"] in [one["place"] for one in stops]:
                        break
                    stops.append(stop)
                self.assertEqual(len(stops), wanted, stops)
                self.assertEqual([stop for stop in stops if stop["ring"] < 2 or stop["contrast"] < 3 or not stop["seen"]], [])
                self.assertEqual([stop for stop in stops if not stop["name"]], [])
                # Enter on the first of them, the skip link, leads to the nodes.
                self.open(browser, primary)
                browser.press("\ue004", "\ue007")
                self.assertEqual(browser.run("return document.activeElement.id"), "nodes")

    def test_alerts_are_said_aloud_once(self):
        primary = self.settled()
        standby = next(node for node in self.cluster if node is not primary)
        with Browser() as browser:
            self.open(browser, primary)
            self.assertEqual(self.spoken(browser, "#news")[0][0], "alert")
            self.assertEqual(browser.text("#news"), "")
            browser.run("window.said = []; new MutationObserver(() => window.said.push(document.getElementById('news').textContent))"
                        ".observe(document.getElementById('news'), {childList: true, characterData: true, subtree: true})")
            standby.freeze()
            try:
                until("an alert", lambda: standby.name in browser.run("return window.said.join()"))
                looked = browser.run("return document.getElementById('alert-list').textContent")
                self.assertIn(standby.name, looked)
            finally:
                standby.thaw()
            self.cluster.healthy()
            until("silence", lambda: browser.run("return window.said.at(-1)") == "")
            said = browser.run("return window.said")
            self.assertEqual([one for one, next_one in zip(said, said[1:]) if one == next_one], [])

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
