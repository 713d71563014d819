// Keys and dialogs of the desk. [data-key] is pressed by its key, [data-dialog] opens its address in the dialog,
// [data-open] opens a dialog of the page. The help lists what the page really offers. Works on plain links and buttons.
const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");
const typing = (element) => element?.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

async function openDialog(address) {
  await htmx.ajax("GET", address, { target: "#dialog-body", swap: "innerHTML" });
  if (!body.childElementCount) { location.assign(address); return; } // no answer for a dialog: as a page
  if (!dialog.open) dialog.showModal();
  focusFirst();
}

function focusFirst() {
  const wrong = body.querySelector("[aria-invalid]");
  (wrong || body.querySelector("textarea, select, input:not([type=hidden]), button.primary") || dialog).focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    link.closest("details.menu")?.removeAttribute("open");
    openDialog(link.href);
  }
  const opener = event.target.closest("[data-open]");
  if (opener) { if (opener.dataset.open === "keys-dialog") listKeys(); document.getElementById(opener.dataset.open).showModal(); }
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  if (event.target.matches("dialog")) event.target.close(); // a click beside it
});
dialog?.addEventListener("close", () => body.replaceChildren());
document.addEventListener("htmx:afterSwap", (event) => { if (event.target === body && dialog.open) focusFirst(); });

function listKeys() {
  const list = document.querySelector("[data-keys]");
  for (const old of list.querySelectorAll("[data-listed]")) old.remove();
  const seen = new Set(["?"]);
  for (const element of document.querySelectorAll("[data-key][data-words]")) {
    if (seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    const [term, words] = [document.createElement("dt"), document.createElement("dd")];
    term.append(Object.assign(document.createElement("kbd"), { textContent: element.dataset.key }));
    words.textContent = element.dataset.words;
    term.dataset.listed = words.dataset.listed = "";
    list.append(term, words);
  }
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.closest("form");
    if (form && (form.closest("[data-composer]") || form.matches("[data-submit-keys]"))) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button.primary, button:not([type=button])"));
    }
    return;
  }
  if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog")) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    event.preventDefault();
    const search = document.querySelector("[data-search]");
    search.focus();
    search.select();
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("summary")) target.parentElement.open = !target.parentElement.open;
  target.focus({ preventScroll: true });
  if (!target.matches("summary")) target.click();
  else target.parentElement.querySelector(".menu-body a, .menu-body button")?.focus();
});

// The queue as it was left: its view, its filters.
const queue = (() => { try { return sessionStorage.getItem("desk:queue"); } catch { return null; } })();
if (queue && !document.body.classList.contains("at-queue")) {
  for (const link of document.querySelectorAll("[data-queue-link]")) link.href = queue;
}
