// Reply and note: `r` and `n` choose and go there.
const tabs = { r: document.getElementById("as-reply"), n: document.getElementById("as-note") };

function write(key) {
  const tab = tabs[key];
  if (!tab) return;
  tab.checked = true;
  document.querySelector(`.composer-form.${tab.id} textarea`)?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=radio]), textarea, select, dialog[open]")) return;
  if (!tabs[event.key] || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  write(event.key);
});
for (const [key, tab] of Object.entries(tabs)) tab?.addEventListener("change", () => write(key));

document.querySelector("[data-answered] [aria-invalid]")?.focus();

// What was sent is no draft any more. The address says that the server kept it (#message-12); without that the draft stays.
document.addEventListener("submit", (event) => {
  const draft = event.target.closest("[data-composer] form")?.dataset.keep;
  if (draft) try { sessionStorage.setItem("desk:sent", draft); } catch { /* nothing kept, nothing to forget */ }
});
try {
  const sent = sessionStorage.getItem("desk:sent");
  sessionStorage.removeItem("desk:sent");
  if (sent && /^#message-\d+$/.test(location.hash)) {
    sessionStorage.removeItem(`typed:${location.pathname}:${sent}`);
    document.querySelector(`form[data-keep="${CSS.escape(sent)}"]`)?.reset();
  }
} catch { /* storage is refused: there are no drafts */ }

// Canned answers: chosen in the dialog, or written as /shortcut and Tab. Either goes to where the caret is.
const chooser = document.querySelector('a[data-key="l"][data-dialog]');
const written = /(^|\s)\/([a-z0-9-]+)$/;
let shortcuts = null; // shortcut -> text; read once, when the first slash is written

function field() {
  return document.querySelector(`.composer-form.${tabs.n?.checked ? "as-note" : "as-reply"} textarea`);
}

function put(text, begin, end) {
  const area = field();
  area.focus();
  area.setRangeText(text, begin, end, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function readShortcuts() {
  shortcuts = new Map();
  const answer = await fetch(chooser.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok) { shortcuts = null; return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const each of page.querySelectorAll("[data-shortcut]")) if (each.dataset.shortcut && !shortcuts.has(each.dataset.shortcut)) shortcuts.set(each.dataset.shortcut, each.dataset.text);
}

for (const area of document.querySelectorAll(".composer-form textarea")) {
  area.addEventListener("input", () => {
    if (!shortcuts && written.test(area.value.slice(0, area.selectionStart))) readShortcuts();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.shiftKey || area.selectionStart !== area.selectionEnd) return;
    const found = area.value.slice(0, area.selectionStart).match(written);
    const text = found && shortcuts?.get(found[2]);
    if (!text) return;
    event.preventDefault();
    put(text, area.selectionStart - found[2].length - 1, area.selectionStart);
  });
}

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-canned]");
  const area = chosen && field();
  if (!area || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.target.closest("dialog")?.close();
  put(chosen.dataset.text, area.selectionStart, area.selectionEnd);
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-canned-filter]")) return;
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const each of document.querySelectorAll(".canned-list li")) each.hidden = !words.every((word) => each.textContent.toLowerCase().includes(word));
});
document.addEventListener("keydown", (event) => {
  if (!event.target.closest?.(".canned-choice")) return;
  const shown = [...document.querySelectorAll(".canned-list li:not([hidden]) a")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); (shown[shown.indexOf(document.activeElement) + step] ?? shown[0])?.focus(); }
  if (event.key === "Enter" && event.target.matches("[data-canned-filter]")) { event.preventDefault(); shown[0]?.click(); }
});
