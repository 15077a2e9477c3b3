// Lag, and WAL written by the second, over the last hour.
import { bytes, drawn, element, lsn_bytes } from "./words.js";

const size = { width: 460, height: 170, left: 62, right: 10, top: 10, bottom: 24 };
const hour = 3600, least = 300;
let times = [], nodes = new Map(), step = 5;

function niceMost(most) {
  let nice = 1024;
  while (nice < most) nice *= 2;
  return nice;
}

// As much of the hour as there is, five minutes at least.
function span() {
  const known = times.length ? times.at(-1) - times[0] : 0;
  return Math.min(hour, Math.max(least, Math.ceil(known / 60) * 60));
}

function axes(picture, most, unit) {
  const minutes = span() / 60;
  const y = (share) => size.top + (size.height - size.top - size.bottom) * (1 - share);
  for (const share of [0, 0.5, 1]) {
    picture.append(drawn("path", { class: "grid", d: `M${size.left} ${y(share)}H${size.width - size.right}` }));
    picture.append(drawn("text", { class: "small", x: size.left - 8, y: y(share) + 4, "text-anchor": "end" }, bytes(most * share) + unit));
  }
  for (const [share, text] of [[0, `${minutes} min ago`], [0.5, `${minutes / 2}`], [1, "now"]]) {
    const x = size.left + (size.width - size.left - size.right) * share;
    const anchor = share === 0 ? "start" : share === 1 ? "end" : "middle";
    picture.append(drawn("text", { class: "small", x, y: size.height - 4, "text-anchor": anchor }, text));
  }
}

// Points that are not known, and gaps in time, break the line.
function path(values, most, now) {
  let text = "", before = null;
  values.forEach((value, i) => {
    if (value === null) { before = null; return; }
    const x = size.left + (size.width - size.left - size.right) * Math.max(0, 1 - (now - times[i]) / span());
    const y = size.top + (size.height - size.top - size.bottom) * (1 - value / most);
    text += `${before !== null && times[i] - before < 4 * step ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    before = times[i];
  });
  return text;
}

function draw(into, series, unit, label) {
  const most = niceMost(Math.max(1, ...series.flatMap((one) => one.values.filter((value) => value !== null))));
  const now = times.at(-1) ?? 0;
  const last = series.map((one) => `${one.name} ${one.values.at(-1) === null || one.values.length === 0 ? "unknown" : bytes(one.values.at(-1)) + unit}`);
  const picture = drawn("svg", { viewBox: `0 0 ${size.width} ${size.height}`, role: "img", "aria-label": `${label}, now: ${last.join(", ")}` });
  axes(picture, most, unit);
  for (const one of series) picture.append(drawn("path", { class: `curve c${one.colour}`, d: path(one.values, most, now) }));
  into.replaceChildren(picture);
}

// What the furthest node gained from one sample to the next: the primary changes, the log goes on.
function written() {
  const furthest = times.map((_, i) => Math.max(...[...nodes.values()].map((node) => node.lsns[i] ?? -1)));
  return furthest.map((value, i) => {
    if (i === 0 || value < 0 || furthest[i - 1] < 0 || times[i] <= times[i - 1]) return null;
    return Math.max(0, value - furthest[i - 1]) / (times[i] - times[i - 1]);
  });
}

function redraw() {
  if (times.length < 2) return;
  document.getElementById("curves").hidden = false;
  const lags = [...nodes].map(([name, node], i) => ({ name, values: node.lags, colour: i % 6 }));
  draw(document.getElementById("lag-curve"), lags, "", "Lag");
  draw(document.getElementById("wal-curve"), [{ name: "cluster", values: written(), colour: 0 }], "/s", "WAL written");
  const keys = lags.map((one) => {
    const key = element("li", "", `c${one.colour}`);
    key.append(element("span", one.name));
    return key;
  });
  document.getElementById("curve-keys").replaceChildren(...keys);
}

export const curves = {
  begin(samples) {
    times = samples.at;
    step = samples.step_ms / 1000;
    nodes = new Map(Object.entries(samples.nodes).map(([name, node]) => [name, { lags: node.lag_bytes, lsns: node.lsn_bytes }]));
    redraw();
  },
  add(status) {
    const now = Date.parse(status.taken_at) / 1000;
    if (times.length && now - times.at(-1) < step) return;
    times.push(now);
    for (const node of status.nodes) {
      if (!nodes.has(node.node)) nodes.set(node.node, { lags: times.slice(1).map(() => null), lsns: times.slice(1).map(() => null) });
      const lsn = node.role === "primary" ? node.written : node.received ?? node.replayed;
      nodes.get(node.node).lags.push(node.lag_bytes);
      nodes.get(node.node).lsns.push(lsn_bytes(lsn));
    }
    while (times.length > hour / step) {
      times.shift();
      for (const node of nodes.values()) { node.lags.shift(); node.lsns.shift(); }
    }
    redraw();
  },
};
