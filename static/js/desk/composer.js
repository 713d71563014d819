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
