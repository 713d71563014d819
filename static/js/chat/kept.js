// What survives a reload: the chat's token and what was not sent yet. In the frame of another site the browser may refuse
// storage: then the page around us keeps it, a site that this desk has named, and hands it back in the address's fragment.
const memory = new Map();
const refused = (() => {
  try {
    localStorage.setItem("chat:test", "1");
    localStorage.removeItem("chat:test");
    return false;
  } catch {
    return true;
  }
})();

if (refused) {
  try {
    const given = JSON.parse(decodeURIComponent(location.hash.replace(/^#kept=/, "")) || "{}");
    for (const [name, value] of Object.entries(given)) if (name.startsWith("chat:")) memory.set(name, value);
  } catch { /* nothing was kept */ }
}

export function recall(name) {
  if (refused) return memory.get(name) ?? null;
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

export function keep(name, value) {
  if (value === null) memory.delete(name);
  else memory.set(name, value);
  if (refused) return keepAround();
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch { /* full */ }
}

function keepAround() {
  const kept = JSON.stringify(Object.fromEntries(memory));
  history.replaceState(null, "", `#kept=${encodeURIComponent(kept)}`);
  // Only a site named in frame-ancestors can be around us: the browser shows the room to no other.
  if (window.parent !== window) window.parent.postMessage({ chat: "keep", kept }, "*");
}

export function key() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
