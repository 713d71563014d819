// The room: says what is typed, asks what is new. A message leaves with a key of its own and is kept until the server has
// it: sent again after a lost answer, it is still one message. What was not sent survives a reload.
import { isOpen, onOpen, tellUnread } from "./frame.js";
import { keep, key, recall } from "./kept.js";
import { add, addWaiting, dropWaiting, last, toEnd } from "./log.js";

const room = document.querySelector("[data-room]");
const part = (name) => document.querySelector(`[data-${name}]`);
const words = JSON.parse(document.getElementById("chat-words").textContent);
const desk = document.querySelector(".room-title h1").textContent;
const form = part("form");
const text = form.elements.body;
const names = { token: `chat:${room.dataset.viewer}:token`, outbox: `chat:${room.dataset.viewer}:outbox`, draft: `chat:${room.dataset.viewer}:draft` };
const HIDDEN = 15_000;
const PATIENCE = 20_000;

const held = new Map(); // files of messages to be sent, by key: they live as long as the page
let token = recall(names.token) ?? room.dataset.token;
let begun = recall(names.token) !== null;
let etag = "";
let every = 2_000;
let seen = 0;
let unread = 0;
let failures = 0;
let over = false;
let signedOut = false;
let sending = false;
let pollTimer = null;
let asking = false;
let typedAt = 0;

const outbox = () => recall(names.outbox) ?? [];
const watching = () => !document.hidden && isOpen();

// --- asking ----------------------------------------------------------------------------------------------------------

async function ask(path, { body, headers = {}, patience = PATIENCE } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    return await fetch(path, {
      method: body ? "POST" : "GET", body, cache: "no-store", credentials: "same-origin", signal: stop.signal,
      headers: { "X-Chat": token, Accept: "application/json", ...headers },
    });
  } finally {
    clearTimeout(timer);
  }
}

async function poll() {
  clearTimeout(pollTimer);
  if (asking || over || !begun) return;
  asking = true;
  try {
    const response = await ask(`/chat/thread/?after=${last()}`, { headers: etag ? { "If-None-Match": etag } : {} });
    if (response.status === 304) connected();
    else if (response.ok) take(await response.json(), response.headers.get("ETag"));
    else await refused(response);
  } catch {
    lost();
  } finally {
    asking = false;
    schedule();
  }
}

function schedule(now = false) {
  clearTimeout(pollTimer);
  if (over || !begun) return;
  const pause = failures ? Math.min(15_000, 1_000 * 2 ** Math.min(failures, 4)) : watching() ? every : HIDDEN;
  pollTimer = setTimeout(poll, now ? 0 : pause);
}

function take(state, tag) {
  connected();
  etag = tag ?? "";
  every = state.every ?? every;
  const fresh = add(state.entries, words, desk);
  part("welcome").hidden = true;
  part("who")?.remove();
  const number = part("number");
  number.textContent = `${words.chat} ${state.number}`;
  number.hidden = false;
  part("menu").hidden = state.is_over;
  document.querySelector('[data-do="solved"]').hidden = !state.may_close;
  say("standing", state.is_over ? "" : state.standing);
  say("typing", state.typing ? words.typing.replace("%(name)s", state.typing) : "");
  const said = fresh.filter((entry) => entry.kind === "agent");
  if (said.length && !watching()) count(unread + said.length);
  if (state.is_over) end(state.standing || words.over);
  signSeen();
}

function say(name, said) {
  const place = part(name);
  (part(`${name}-words`) ?? place).textContent = said;
  place.hidden = !said;
}

function count(number) {
  unread = number;
  tellUnread(unread);
  document.title = document.title.replace(/^(\(\d+\) )?/, unread ? `(${unread}) ` : "");
}

// --- the connection --------------------------------------------------------------------------------------------------

function connected() {
  failures = 0;
  say("connection", "");
}

function lost() {
  failures += 1;
  say("connection", navigator.onLine ? words.connecting : words.offline);
}

async function refused(response) {
  if (response.status >= 500 || response.status === 429) return lost();
  const problem = await response.json().catch(() => ({}));
  if (response.status === 404 && outbox().length) return; // its first message is still to be sent
  if (response.status === 401) signedOut = true; // signed in again, they find the chat, and what is unsent, as it was
  else keep(names.token, null);
  end(problem.detail || words.over);
}

function end(said) {
  over = true;
  part("over-words").textContent = said;
  part("over").hidden = false;
  form.hidden = true;
  say("standing", "");
  say("typing", "");
  part("menu").hidden = true;
}

// --- saying ----------------------------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = text.value.trim();
  const chosen = [...(part("attach").files ?? [])];
  if (!body && !chosen.length) return wrong(form.elements.body, "");
  const item = { key: key(), body: body || chosen.map((file) => file.name).join(", "), names: chosen.map((file) => file.name) };
  if (!begun && form.elements.name) Object.assign(item, { name: form.elements.name.value, email: form.elements.email.value });
  if (!begun && form.elements.email && !asksWell()) return;
  if (chosen.length) held.set(item.key, chosen);
  keep(names.outbox, [...outbox(), item]);
  right();
  text.value = "";
  keep(names.draft, null);
  part("attach").value = "";
  listFiles();
  grow();
  addWaiting(item, words);
  send();
});

function asksWell() {
  for (const field of [form.elements.name, form.elements.email]) {
    if (field.checkValidity() && field.value.trim()) continue;
    wrong(field, field.validationMessage);
    return false;
  }
  return true;
}

async function send() {
  if (sending || over) return;
  sending = true;
  try {
    while (outbox().length && !over) {
      const item = outbox()[0];
      if (!(await sendOne(item))) break;
    }
  } finally {
    sending = false;
  }
}

async function sendOne(item) {
  adopt();
  const body = new FormData();
  for (const name of ["key", "body", "name", "email", "into", "is_new"]) if (item[name]) body.set(name, item[name]);
  if (item.names?.length && !held.has(item.key)) { drop(item); wrong(text, words.files_lost); return true; }
  for (const file of held.get(item.key) ?? []) body.append("files", file);
  let response;
  try {
    response = await ask(`/chat/messages/?after=${last()}`, { body, patience: held.has(item.key) ? 120_000 : PATIENCE });
  } catch {
    lost();
    return again();
  }
  if (response.ok && item.into) {
    drop(item);
    return goneOn(await response.json());
  }
  if (response.ok) {
    if (!begun) { begun = true; keep(names.token, token); }
    drop(item);
    take(await response.json(), response.headers.get("ETag"));
    schedule();
    return true;
  }
  if (response.status >= 500) { lost(); return again(); }
  const problem = await response.json().catch(() => ({}));
  if (response.status === 429) {
    say("connection", problem.detail ?? words.connecting);
    return again(1_000 * (Number(response.headers.get("Retry-After")) || 30));
  }
  if (response.status === 401) {
    signedOut = true;
    end(problem.detail || words.over);
    return false;
  }
  if (problem.lookalikes) return isItOneOfThese(item, problem);
  drop(item);
  if (!text.value) { text.value = item.body; grow(); }
  if (response.status === 422) {
    const [name, said] = Object.entries(problem.errors ?? {})[0] ?? ["body", [problem.detail]];
    wrong(form.elements[name] ?? text, said.join(" "));
    return true;
  }
  if (begun) keep(names.token, null);
  end(problem.detail || words.over);
  return false;
}

// --- is it one of these? (TD16) The message stays kept until one is chosen -------------------------------------------

function isItOneOfThese(item, { detail, lookalikes }) {
  const place = part("alike");
  const make = (tag, said, more = {}) => Object.assign(document.createElement(tag), { textContent: said, ...more });
  const button = (said, choice, look) => make("button", said, { type: "button", className: `button small ${look}`, onclick: () => choose(item, choice) });
  const lines = lookalikes.map((each) => {
    const line = document.createElement("li");
    line.append(make("a", `#${each.number} ${each.summary}`, { href: each.url }), button(each.add, { into: each.number }, ""));
    return line;
  });
  const list = document.createElement("ul");
  list.append(...lines);
  place.replaceChildren(make("h2", words.alike), make("p", detail, { className: "small" }), list, button(words.alike_new, { is_new: "1" }, "primary"));
  place.hidden = false;
  form.hidden = true;
  place.tabIndex = -1;
  place.focus();
  return false;
}

function choose(item, choice) {
  Object.assign(item, choice);
  keep(names.outbox, outbox().map((other) => (other.key === item.key ? item : other)));
  part("alike").hidden = true;
  form.hidden = false;
  send();
}

function goneOn({ said, url, link }) {
  end(said);
  part("over-words").append(" ", Object.assign(document.createElement("a"), { href: url, textContent: link }));
  return false;
}

function again(pause = Math.min(15_000, 1_000 * 2 ** Math.min(failures - 1, 4))) {
  setTimeout(send, pause);
  return false;
}

function drop(item) {
  keep(names.outbox, outbox().filter((other) => other.key !== item.key));
  held.delete(item.key);
  dropWaiting(item.key);
}

/** Another tab of the same person may have begun the chat meanwhile. */
function adopt() {
  const other = recall(names.token);
  if (begun || other === null) return;
  token = other;
  begun = true;
}

function wrong(field, said) {
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-errormessage", "chat-error");
  part("error").textContent = said;
  part("error").hidden = !said;
  field.focus();
}

function right() {
  part("error").hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

// --- signs of life ---------------------------------------------------------------------------------------------------

function sign(name, value) {
  if (!begun || over) return;
  const body = new FormData();
  body.set(name, value);
  ask("/chat/signs/", { body }).then((response) => { if (!response.ok && name === "seen") seen = 0; }, () => { if (name === "seen") seen = 0; });
}

function signSeen() {
  if (!watching() || last() <= seen) return;
  seen = last();
  count(0);
  sign("seen", seen);
}

text.addEventListener("input", () => {
  grow();
  keep(names.draft, text.value || null);
  if (text.value && Date.now() - typedAt > 4_000) {
    typedAt = Date.now();
    sign("typing", "1");
  }
});

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

function grow() {
  text.style.blockSize = "auto";
  text.style.blockSize = `${Math.min(text.scrollHeight + 2, 160)}px`;
}

part("attach").addEventListener("change", listFiles);
function listFiles() {
  const files = [...part("attach").files];
  part("files").replaceChildren(...files.map((file) => Object.assign(document.createElement("li"), { textContent: file.name })));
  part("files").hidden = !files.length;
}

// --- what the menu does ----------------------------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const wanted = event.target.closest("[data-do]")?.dataset.do;
  if (wanted === "again") {
    if (!signedOut) keep(names.token, null);
    return location.reload();
  }
  if (!["transcript", "end", "solved"].includes(wanted)) return;
  part("menu").open = false;
  const body = new FormData();
  if (wanted === "solved") body.set("solved", "1");
  try {
    const response = await ask(wanted === "transcript" ? "/chat/transcript/" : "/chat/end/", { body });
    if (!response.ok) return refused(response);
    if (wanted === "transcript") return say("standing", (await response.json()).said);
    keep(names.token, null);
    end(words.over);
  } catch {
    lost();
  }
});

// --- beginning -------------------------------------------------------------------------------------------------------

document.addEventListener("visibilitychange", back);
onOpen(back);
addEventListener("online", back);
addEventListener("storage", (event) => {
  if (event.key === names.token && event.newValue) { adopt(); back(); }
});

function back() {
  if (!watching()) return;
  signSeen();
  send();
  schedule(true);
}

if (text.value) keep(names.draft, text.value); // typed before this script was there
else text.value = recall(names.draft) ?? "";
grow();
for (const item of outbox()) addWaiting(item, words);
if (begun) part("welcome").hidden = true;
toEnd();
poll();
send();
