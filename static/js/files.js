// <input type="file" data-list data-max-bytes data-per-message data-videos data-words="{...}">: files are chosen one after
// another, dropped on the page or pasted into the text, listed with their sizes, and taken out again. The rule is checked
// before anything is sent; files go out with their progress. Without this it is the browser's own field in a plain form.
const held = new Map(); // input's id -> files: they outlive a part of the form that is shown anew
const wordsOf = (input) => JSON.parse(input.dataset.words || "{}");
const fieldIn = (form) => form?.querySelector("input[type=file][data-list]");
const say = (words, values) => words.replace(/%\((\w+)\)s/g, (all, name) => values[name] ?? all);

export function size(bytes) {
  const [n, unit] = bytes < 1e6 ? [Math.max(bytes / 1e3, 0.1), "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(document.documentElement.lang || "en", { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(n);
}

// --- choosing -------------------------------------------------------------------------------------------------------

function keep(input, files) {
  const choice = new DataTransfer();
  for (const file of files) choice.items.add(file);
  input.files = choice.files;
  held.set(input.id, files);
  show(input);
}

function add(input, files) {
  const same = (a) => (b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
  const before = held.get(input.id) ?? [];
  keep(input, [...before, ...files.filter((file) => !before.some(same(file)))]);
}

function show(input) {
  const words = wordsOf(input), files = held.get(input.id) ?? [], box = boxOf(input);
  const limit = Number(input.dataset.maxBytes) || Infinity;
  box.querySelector("ul").replaceChildren(...files.map((file) => row(input, file, file.size > limit ? words.tooBig : "")));
  box.querySelector(".error").textContent = wrong(input) ?? "";
  box.hidden = !files.length;
}

function row(input, file, fault) {
  const item = document.createElement("li"), words = wordsOf(input);
  const name = Object.assign(document.createElement("span"), { className: "file-name", textContent: file.name });
  const weight = Object.assign(document.createElement("span"), { className: fault ? "num too-big" : "num", textContent: size(file.size) + (fault ? ` - ${fault}` : "") });
  const out = Object.assign(document.createElement("button"), { type: "button", className: "file-out", textContent: "×" });
  out.setAttribute("aria-label", say(words.remove ?? "", { name: file.name }));
  out.title = out.getAttribute("aria-label");
  out.addEventListener("click", () => {
    keep(input, held.get(input.id).filter((each) => each !== file));
    input.focus();
  });
  item.append(name, weight, out);
  return item;
}

function boxOf(input) {
  const id = `${input.id}-chosen`;
  let box = document.getElementById(id);
  if (!box) {
    box = Object.assign(document.createElement("div"), { id, className: "chosen-files", hidden: true });
    box.append(Object.assign(document.createElement("ul"), { className: "file-list" }), Object.assign(document.createElement("p"), { className: "error" }));
    box.setAttribute("aria-live", "polite");
    const foot = input.closest(".composer-foot");
    if (foot) foot.before(box);
    else (input.nextElementSibling?.matches(".drop-hint") ? input.nextElementSibling : input).after(box);
  }
  return box;
}

function wrong(input) { // the server has the last word: it looks into the files
  const words = wordsOf(input), files = held.get(input.id) ?? [];
  if (files.length > Number(input.dataset.perMessage || Infinity)) return words.tooMany;
  if (files.some((file) => file.size > Number(input.dataset.maxBytes || Infinity))) return words.tooLarge;
  if (files.filter((file) => file.type.startsWith("video/")).length > Number(input.dataset.videos ?? Infinity)) return words.videos;
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches("input[type=file][data-list]")) add(input, [...input.files]);
});
document.addEventListener("reset", (event) => { const input = fieldIn(event.target); if (input) setTimeout(() => keep(input, [])); });

// --- dropping and pasting -------------------------------------------------------------------------------------------

function fieldFor(target) {
  const inputs = [...document.querySelectorAll("input[type=file][data-list]")].filter((input) => input.form.offsetParent);
  return fieldIn(target.closest?.("form")) ?? (inputs.length === 1 ? inputs[0] : null);
}
const unmark = () => { for (const form of document.querySelectorAll(".is-drop")) form.classList.remove("is-drop"); };

document.addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  const input = fieldFor(event.target);
  if (!input) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  input.form.classList.add("is-drop");
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) unmark(); });
document.addEventListener("drop", (event) => {
  unmark();
  const input = event.dataTransfer.files.length && fieldFor(event.target);
  if (!input) return;
  event.preventDefault(); // else the browser opens the file, and what was typed is gone
  add(input, [...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData ?? {}, input = fieldIn(event.target.closest?.("form"));
  if (!input || !files?.length || types.includes("text/plain")) return;
  event.preventDefault();
  add(input, [...files].map((file) => named(file, wordsOf(input).screenshot ?? "screenshot")));
});

function named(file, word) { // the clipboard calls every picture image.png
  if (!/^image\.\w+$/.test(file.name)) return file;
  const now = new Date(), moment = new Date(now - now.getTimezoneOffset() * 6e4).toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");
  return new File([file], `${word}-${moment}.${file.name.split(".").pop()}`, { type: file.type, lastModified: now.getTime() });
}

// --- sending --------------------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target, input = fieldIn(form);
  if (!input?.files.length || event.defaultPrevented || form.dataset.sent) return;
  const fault = event.submitter?.formNoValidate ? "" : wrong(input);
  if (fault) {
    event.preventDefault();
    event.stopImmediatePropagation();
    boxOf(input).scrollIntoView({ block: "center" });
    return;
  }
  if (event.submitter?.name === "ask" || event.submitter?.name === "show") return; // only another topic's questions
  event.preventDefault();
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  send(form, input, event.submitter);
}, true);

function send(form, input, submitter) {
  const request = new XMLHttpRequest(), words = wordsOf(input), bar = barIn(form, input);
  request.open("POST", form.getAttribute("action"));
  request.setRequestHeader("X-Sent-By", "script");
  request.upload.addEventListener("progress", (event) => {
    const part = event.lengthComputable ? event.loaded / event.total : 0;
    bar.firstChild.value = part;
    const percent = new Intl.NumberFormat(document.documentElement.lang || "en", { style: "percent" }).format(part);
    bar.lastChild.textContent = part < 1 ? say(words.sending ?? "", { percent }) : words.checking ?? "";
  });
  request.addEventListener("load", () => answered(form, request) || failed(form, bar, words));
  for (const kind of ["error", "abort", "timeout"]) request.addEventListener(kind, () => failed(form, bar, words));
  const body = new FormData(form);
  if (submitter?.name) body.append(submitter.name, submitter.value); // which button it was
  request.send(body);
}

function barIn(form, input) {
  form.querySelector(".sending")?.remove();
  const bar = Object.assign(document.createElement("div"), { className: "sending" });
  bar.setAttribute("role", "status");
  bar.append(Object.assign(document.createElement("progress"), { max: 1, value: 0 }), document.createElement("span"));
  boxOf(input).append(bar);
  return bar;
}

function failed(form, bar, words) {
  bar.replaceChildren(Object.assign(document.createElement("p"), { className: "error", textContent: words.failed ?? "" }));
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

function answered(form, request) {
  const to = request.getResponseHeader("X-Go-To");
  if (to) {
    const there = new URL(to, location);
    const isHere = there.pathname + there.search === location.pathname + location.search;
    location.assign(there);
    if (isHere) location.reload();
    return true;
  }
  if (![200, 422].includes(request.status)) return false;
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const again = [...page.forms].find((each) => each.getAttribute("action") === form.getAttribute("action"));
  return again ? swap(form, again) : swap(document.querySelector("main"), page.querySelector("main"));
}

function swap(old, fresh) { // a refused form comes back with its reasons; the files stay chosen
  if (!old || !fresh) return false;
  old.replaceWith(fresh);
  if (held.size) fresh.querySelector("[data-files-again]")?.remove();
  globalThis.htmx?.process(fresh);
  fresh.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true }));
  const reason = fresh.querySelector(".form-errors, .alike, [aria-invalid], .error");
  if (reason && !reason.matches("input, textarea, select")) reason.tabIndex = -1;
  (reason ?? fresh).focus();
  (reason ?? fresh).scrollIntoView({ block: "center" });
  return true;
}

// --- what is there --------------------------------------------------------------------------------------------------

function start(scope = document) {
  for (const input of scope.querySelectorAll("input[type=file][data-list]")) {
    if (held.get(input.id)?.length) keep(input, held.get(input.id));
    else if (input.files.length) add(input, [...input.files]); // as the browser left it
    if (input.closest(".attach") || input.dataset.isShown) continue;
    input.dataset.isShown = "1";
    input.after(Object.assign(document.createElement("p"), { className: "hint drop-hint", textContent: wordsOf(input).drop ?? "" }));
  }
}
start();
document.addEventListener("htmx:afterSwap", (event) => start(event.target));
