// The messages on the screen: those that the server has, and below them those that are still to be sent.
const list = document.querySelector("[data-log]");
const scroll = document.querySelector("[data-scroll]");
const shown = new Map(); // the server's id -> element
const waiting = new Map(); // the widget's key -> element

const make = (tag, classes, text = "") => Object.assign(document.createElement(tag), { className: classes, textContent: text });

function bubble(kind, who, time) {
  const item = make("li", `bubble is-${kind}`);
  const head = make("p", "bubble-head");
  head.append(make("span", "bubble-who", who), make("span", "bubble-time", time));
  item.append(head);
  return item;
}

function files(entry, words) {
  const found = make("ul", "attachments");
  for (const file of entry.files) {
    const link = make("a", "", file.name);
    link.href = file.url;
    const line = document.createElement("li");
    line.append(link);
    found.append(line);
  }
  return found;
}

/** Show what is new, each message once. Returns those of them that somebody else wrote. */
export function add(entries, words, desk) {
  const stick = atEnd();
  const fresh = [];
  for (const entry of entries) {
    if (shown.has(entry.id)) continue;
    waiting.get(entry.key)?.remove();
    waiting.delete(entry.key);
    const item = bubble(entry.kind, entry.mine ? words.you : entry.who || desk, entry.time);
    item.dataset.id = entry.id;
    const body = make("div", "bubble-body prose");
    body.innerHTML = entry.html; // made safe by the server, as in the portal
    item.append(body);
    if (entry.files.length) item.append(files(entry, words));
    shown.set(entry.id, item);
    place(item, entry.id);
    if (!entry.mine) fresh.push(entry);
  }
  if (stick || entries.some((entry) => entry.mine)) toEnd();
  return fresh;
}

function place(item, id) {
  const later = [...list.children].find((other) => Number(other.dataset.id || Infinity) > id);
  list.insertBefore(item, later ?? null);
}

/** A message on its way: shown at once, and that it waits. */
export function addWaiting(item, words) {
  if (waiting.has(item.key)) return;
  const element = bubble("customer", words.you, words.waiting);
  element.classList.add("is-waiting");
  element.append(make("div", "bubble-body", item.body));
  if (item.names?.length) element.append(make("p", "small", item.names.join(", ")));
  waiting.set(item.key, element);
  list.append(element);
  toEnd();
}

export function dropWaiting(key) {
  waiting.get(key)?.remove();
  waiting.delete(key);
}

export const last = () => Math.max(0, ...shown.keys());
const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
export function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
}
