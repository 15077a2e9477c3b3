// The page, alive: what the agent tells by server-sent events, drawn as it comes. The document is complete without it.
import { topology } from "./topology.js";
import { curves } from "./curves.js";
import { bytes, element, since, show } from "./words.js";

const at = (id) => document.getElementById(id);
const tones = { healthy: "good", degraded: "warn", no_primary: "bad", many_primaries: "bad" };
const words = { healthy: "healthy", degraded: "degraded", no_primary: "no primary", many_primaries: "more than one primary" };
const alertTones = { notice: "note", warning: "warn", critical: "bad" };
const most_events = 100;
const late_after = 6000; // milliseconds without a word

let status = null, heard = Date.now(), age = 0, known = 0;

function head() {
  const silent = Date.now() - heard, old = age + silent > late_after || status === null && silent > late_after;
  const when = since(age + silent);
  const text = old ? `last seen ${when} ago` : words[status.verdict] ?? status.verdict;
  const tone = old ? "bad" : tones[status.verdict] ?? "bad";
  show(at("verdict"), text);
  at("verdict").className = `verdict ${tone}`;
  show(at("seen"), old ? "the agent is silent; all below may have changed" : `seen ${when} ago`);
  at("main").className = old ? "old" : "fresh";
  document.title = `${status?.cluster ?? "pgcm"}: ${text}`;
}

// What stays the same is left in place: a reader keeps its place in it, and nothing is said twice.
function is_news(of, told) {
  const now = JSON.stringify(told), news = of.told !== now;
  of.told = now;
  return news;
}

function alerts(list) {
  if (!is_news(alerts, list)) return;
  at("alerts").hidden = list.length === 0;
  // Said aloud, without what to do about it, and only when it comes: figures in it change all the time.
  const grave = list.filter((alert) => alert.severity !== "notice");
  if (is_news(at("news"), grave.map((alert) => [alert.code, alert.node])))
    show(at("news"), grave.map((alert) => `${alert.severity}: ${alert.text.split("; ")[0]}`).join(". "));
  const items = list.map((alert) => {
    const item = element("li", alert.text, alertTones[alert.severity] ?? "bad");
    item.prepend(element("strong", alert.severity));
    return item;
  });
  at("alert-list").replaceChildren(...items);
}

function state(node) {
  const paused = node.replay_paused ? ", replay paused" : "";
  return node.reach + (node.sqlstate ? ` ${node.sqlstate}` : "") + paused;
}

function follows(node) {
  if (node.role !== "standby") return "";
  if (!node.follows) return node.streaming ? "" : "nobody";
  return node.streaming ? node.follows : `${node.follows}, not streaming`;
}

function rows(nodes) {
  const labels = ["Role", "State", "Timeline", "LSN", "Lag", "Sync", "Follows"];
  at("rows").replaceChildren(...nodes.map((node) => {
    const row = element("tr", "", node.reach === "accepting" ? node.role : "unknown");
    const name = element("th", node.node);
    name.scope = "row";
    row.append(name);
    const lsn = node.role === "primary" ? node.written : node.received ?? node.replayed;
    const cells = [node.role, state(node), node.timeline, lsn, node.lag_bytes === null ? "" : bytes(node.lag_bytes),
      node.sync_state, follows(node)];
    cells.forEach((value, i) => {
      const cell = element("td", value === null || value === undefined || value === "" ? "–" : String(value));
      cell.dataset.label = labels[i];
      row.append(cell);
    });
    return row;
  }));
}

function decision(told) {
  if (!is_news(decision, [told.actions, told.reasons, told.election])) return;
  const parts = told.actions.map((action) => {
    const line = element("p");
    line.append(element("strong", action.text));
    return line;
  });
  if (parts.length === 0) parts.push(element("p", "No action now."));
  const list = (reasons) => {
    const all = element("ul", "", "reasons");
    all.append(...reasons.map((reason) => element("li", reason.text)));
    return all;
  };
  parts.push(list(told.reasons));
  for (const candidate of told.election?.candidates ?? []) {
    const rank = candidate.eligible ? `candidate ${candidate.rank + 1}` : "no candidate";
    parts.push(element("h3", `${candidate.node}: ${rank}`), list(candidate.reasons));
  }
  at("decision-text").replaceChildren(...parts);
}

function operation(step) {
  const running = step.state === "running";
  at("operation").hidden = false;
  const progress = step.total_bytes ? `: ${bytes(step.done_bytes ?? 0)} of ${bytes(step.total_bytes)}` : "";
  const detail = step.detail && step.detail !== step.state ? `: ${step.detail}` : "";
  show(at("operation-text"), `${step.what}, ${step.state}${progress}${detail}`);
  const bar = at("operation-bar");
  bar.hidden = !running;
  clearTimeout(operation.over);
  if (!running) operation.over = setTimeout(() => { at("operation").hidden = true; }, 8000);
  if (step.total_bytes) { bar.max = step.total_bytes; bar.value = step.done_bytes ?? 0; } else bar.removeAttribute("value");
}

function event(told) {
  if (told.number <= known) return;
  known = told.number;
  at("history").hidden = false;
  const item = element("li", "", `${told.severity} event-${told.kind}`);
  const time = element("time", new Date(told.at).toLocaleTimeString([], { hour12: false }));
  time.dateTime = told.at;
  const body = element("div");
  // The second half says what to do about it, which is the alerts' matter.
  const text = told.kind === "alert" || told.kind === "over" ? told.text.split("; ")[0] : told.text;
  body.append(element("p", text));
  if (told.reasons) {
    const more = element("details"), list = element("ul", "", "reasons");
    list.append(...told.reasons.map((reason) => element("li", reason)));
    more.append(element("summary", "Why"), list);
    body.append(more);
  }
  item.append(time, body);
  at("events").prepend(item);
  while (at("events").childElementCount > most_events) at("events").lastElementChild.remove();
}

function told(document) {
  status = document;
  heard = Date.now();
  age = 0;
  show(at("cluster"), status.cluster);
  alerts(status.alerts);
  rows(status.nodes);
  topology(at("picture"), status);
  at("topology").hidden = false;
  show(at("lease"), status.majority?.text ?? "");
  curves.add(status);
  head();
}

async function catch_up() {
  const answer = await fetch("recent");
  if (!answer.ok) return;
  const recent = await answer.json();
  recent.events.forEach(event);
  curves.begin(recent.samples);
}

function listen() {
  const stream = new EventSource("events");
  const on = (name, take) => stream.addEventListener(name, (message) => take(JSON.parse(message.data)));
  stream.addEventListener("open", catch_up);
  on("status", told);
  on("decision", decision);
  on("event", event);
  on("operation", operation);
  on("beat", (beat) => { heard = Date.now(); age = beat.age_ms ?? 0; head(); });
  stream.addEventListener("error", () => {
    // A browser gives up for good on some answers; this page does not.
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}

setInterval(() => { if (status) head(); }, 1000);
listen();
