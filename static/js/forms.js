// <form data-keep="new-ticket">: what was typed survives a reload, a lost session and a crash (sessionStorage).
// <form data-once>: a second press sends nothing. <input type="file" data-list> is files.js.
import "./files.js";

const storeKey = (form) => `typed:${location.pathname}:${form.dataset.keep}`;
const kept = (form) => [...form.elements].filter((e) => e.name && !["hidden", "password", "file", "submit"].includes(e.type));

function remember(form) {
  const typed = {};
  for (const e of kept(form)) {
    if (e.type === "checkbox" || e.type === "radio") { if (e.checked) (typed[e.name] ??= []).push(e.value); }
    else if (e.value) typed[e.name] = [e.value];
  }
  if (form.elements.key) typed.key = [form.elements.key.value]; // sent again after a lost answer, it is the same message
  try { sessionStorage.setItem(storeKey(form), JSON.stringify(typed)); } catch { /* full or refused */ }
}

function recall(form) {
  if (form.dataset.answered !== undefined) return; // the server gave back what was typed
  let typed = {};
  try { typed = JSON.parse(sessionStorage.getItem(storeKey(form)) || "{}"); } catch { return; }
  const key = typed.key?.[0];
  if (key && form.elements.key) form.elements.key.value = key;
  for (const e of kept(form)) {
    const values = typed[e.name];
    if (!values) continue;
    if (e.type === "checkbox") e.checked = values.includes(e.value);
    else if (e.type === "radio") { if (!form.querySelector(`[name="${CSS.escape(e.name)}"]:checked`)) e.checked = values.includes(e.value); }
    else if (!e.value || e.value === e.defaultValue) e.value = values[0];
  }
}

function forget(name) {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.endsWith(`:${name}`)) sessionStorage.removeItem(key);
  } catch { /* nothing kept */ }
}

function forgetSent() { // a message that stands on the page is no longer to be sent, wherever it was typed
  try {
    for (const place of Object.keys(sessionStorage)) {
      if (!place.startsWith("typed:")) continue;
      const key = JSON.parse(sessionStorage.getItem(place)).key?.[0];
      if (key && document.querySelector(`[data-sent-key="${CSS.escape(key)}"]`)) sessionStorage.removeItem(place);
    }
  } catch { /* nothing kept */ }
}

function start(scope = document) {
  forgetSent();
  for (const form of scope.querySelectorAll("form[data-keep]")) recall(form);
  for (const done of scope.querySelectorAll("[data-forget]")) forget(done.dataset.forget);
}

start();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-keep]");
  if (form) remember(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (event.defaultPrevented) return; // files.js sends it
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  const button = event.submitter;
  if (button) setTimeout(() => { button.setAttribute("aria-busy", "true"); });
});
// The browser's back button shows the page as it was left: it may be sent again (the hidden key keeps it one ticket).
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});
document.addEventListener("htmx:afterSwap", (event) => start(event.target));
