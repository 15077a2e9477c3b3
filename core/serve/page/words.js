// Figures as people read them, and elements. Text goes in as text, never as markup.
export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  while (count >= 1024 && unit < units.length - 1) { count /= 1024; ++unit; }
  return `${unit > 0 && count < 10 ? count.toFixed(1) : Math.round(count)} ${units[unit]}`;
}

export function since(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

export function lsn_bytes(text) {
  if (!text) return null;
  const [high, low] = text.split("/");
  return parseInt(high, 16) * 2 ** 32 + parseInt(low, 16);
}

export function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

// Unchanged text is left alone: a screen reader would say it again.
export function show(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

export function drawn(name, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}
