// <form data-keep="new-ticket">: what was typed survives a reload, a lost session and a crash (sessionStorage).
// <form data-once>: a second press sends nothing. <input type="file" data-list>: names and sizes before sending.
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
  if (key && document.querySelector(`[data-sent-key="${CSS.escape(key)}"]`)) return sessionStorage.removeItem(storeKey(form));
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

function size(bytes) {
  const lang = document.documentElement.lang || "en";
  const [n, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(n);
}

function listFiles(input) {
  const id = `${input.id}-list`;
  let list = document.getElementById(id);
  if (!list) {
    list = Object.assign(document.createElement("ul"), { id, className: "file-list" });
    list.setAttribute("aria-live", "polite");
    input.after(list);
  }
  const limit = Number(input.dataset.maxBytes) || Infinity;
  list.replaceChildren(...[...input.files].map((file) => {
    const item = document.createElement("li");
    const [name, weight] = [document.createElement("span"), document.createElement("span")];
    name.textContent = file.name;
    weight.textContent = size(file.size);
    weight.className = file.size > limit ? "too-big num" : "num";
    if (file.size > limit) weight.textContent += ` - ${input.dataset.tooBig || "too big"}`;
    item.append(name, weight);
    return item;
  }));
}

function start(scope = document) {
  for (const form of scope.querySelectorAll("form[data-keep]")) recall(form);
  for (const done of scope.querySelectorAll("[data-forget]")) forget(done.dataset.forget);
}

start();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-keep]");
  if (form) remember(form);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("input[type=file][data-list]")) listFiles(event.target);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
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
