// The cluster as a picture: primaries above, standbys below what they follow, witnesses beside, an arrow for each flow.
import { bytes, drawn } from "./words.js";

const box = { width: 150, height: 64 }, gap = { x: 34, y: 84 }, margin = 16;

// Each node below the one it follows; who follows nobody in view stands above.
function layers(nodes) {
  const depth = new Map();
  const deep = (node, seen) => {
    if (depth.has(node.node)) return depth.get(node.node);
    const above = nodes.find((other) => other.node === node.follows);
    const own = node.role === "primary" ? 0 : !above || seen.has(node.node) ? 1 : deep(above, seen.add(node.node)) + 1;
    depth.set(node.node, own);
    return own;
  };
  nodes.forEach((node) => deep(node, new Set()));
  const rows = [];
  for (const node of nodes) (rows[depth.get(node.node)] ??= []).push(node);
  return rows.filter((row) => row?.length);
}

function place(status) {
  const rows = layers(status.nodes);
  const witnesses = (status.witnesses ?? []).map((witness) => ({ ...witness, witness: true }));
  if (witnesses.length) (rows[0] ??= []).push(...witnesses);
  const widest = Math.max(2, ...rows.map((row) => row.length));
  const width = widest * box.width + (widest - 1) * gap.x + 2 * margin;
  const places = new Map();
  rows.forEach((row, y) => {
    const used = row.length * box.width + (row.length - 1) * gap.x;
    row.forEach((node, x) => places.set(node.node, {
      node, x: (width - used) / 2 + x * (box.width + gap.x), y: margin + y * (box.height + gap.y),
    }));
  });
  return { places, width, height: rows.length * box.height + (rows.length - 1) * gap.y + 2 * margin };
}

function arrow(from, to, node) {
  const synchronous = node.sync_state === "sync" || node.sync_state === "quorum";
  const kind = !node.streaming ? "broken" : synchronous ? "sync" : "";
  const a = { x: from.x + box.width / 2, y: from.y + box.height }, b = { x: to.x + box.width / 2, y: to.y };
  const group = drawn("g");
  group.append(drawn("path", { class: `flow ${kind}`, d: `M${a.x} ${a.y}C${a.x} ${a.y + 36} ${b.x} ${b.y - 44} ${b.x} ${b.y - 9}` }));
  group.append(drawn("path", { class: `head ${kind}`, d: `M${b.x} ${b.y - 1}l-6 -11h12z` }));
  const lag = node.lag_bytes === null ? "" : `${bytes(node.lag_bytes)} behind`;
  const text = [node.streaming ? node.sync_state ?? "" : "not streaming", node.lag_bytes === 0 ? "no lag" : lag].filter(Boolean).join(", ");
  const middle = { x: b.x, y: b.y - 26 };
  const width = text.length * 6.6 + 10;
  group.append(drawn("rect", { class: "plate", x: middle.x - width / 2, y: middle.y - 12, width, height: 17, rx: 4 }));
  group.append(drawn("text", { class: "small", x: middle.x, y: middle.y + 1, "text-anchor": "middle" }, text));
  return group;
}

function card({ node, x, y }, status) {
  const group = drawn("g", { transform: `translate(${x} ${y})` });
  const well = node.reach === "accepting";
  const kind = node.witness ? "witness" : well ? node.role : "unknown";
  group.append(drawn("rect", { class: `box ${kind}`, width: box.width, height: box.height, rx: 10 }));
  const name = node.node.length > 14 ? `${node.node.slice(0, 13)}…` : node.node;
  group.append(drawn("text", { class: "name", x: 14, y: 27 }, name));
  const role = node.witness ? (well ? "witness" : `witness, ${node.reach}`) : well ? node.role : node.reach;
  group.append(drawn("text", { class: "small", x: 14, y: 48 }, role + (well && node.timeline ? `, timeline ${node.timeline}` : "")));
  // The lease is a majority of votes: each voter shows whether the holder has its own.
  if (status.majority) {
    const holder = status.majority.holder;
    const held = holder !== null && node.vote?.holder === holder;
    group.append(drawn("circle", { class: held ? "vote" : "vote none", cx: box.width - 20, cy: 22, r: 7 }));
    if (held) group.append(drawn("path", { d: `M${box.width - 23.5} 22l2.6 2.8 4.8 -5.4`, fill: "none", stroke: "var(--card)", "stroke-width": 2 }));
  }
  return group;
}

function told(status) {
  return status.nodes.map((node) => {
    const flow = node.follows ? `, ${node.streaming ? "streams from" : "points at"} ${node.follows}` : "";
    const lag = node.lag_bytes === null ? "" : `, ${bytes(node.lag_bytes)} behind`;
    return `${node.node}: ${node.reach === "accepting" ? node.role : node.reach}${flow}${lag}`;
  }).concat(status.majority?.text ?? []).join("; ");
}

export function topology(into, status) {
  const { places, width, height } = place(status);
  const picture = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": told(status) });
  for (const to of places.values()) {
    const from = to.node.role === "standby" && places.get(to.node.follows);
    if (from) picture.append(arrow(from, to, to.node));
  }
  for (const spot of places.values()) picture.append(card(spot, status));
  into.replaceChildren(picture);
}
