// A chat's ticket: its thread grows by itself, a reply leaves without a reload, and the customer sees that somebody types.
const bar = document.querySelector("[data-chat-bar]");
const thread = document.querySelector(".desk-thread");
const reply = document.querySelector(".composer-form.as-reply");
const scroller = document.querySelector(".thread-scroll");
const address = bar.dataset.address;
const EVERY = 2_000;
const HIDDEN = 20_000;
let etag = "";
let failures = 0;
let timer = null;
let asking = false;
let typedAt = 0;
let unseen = 0;
const title = document.title;

const last = () => Math.max(0, ...[...thread.querySelectorAll("[id^=message-]")].map((each) => Number(each.id.slice(8)) || 0));

async function poll() {
  clearTimeout(timer);
  if (asking) return;
  asking = true;
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const response = await fetch(`${address}?after=${last()}${document.hidden ? "&hidden=1" : ""}`, { headers, cache: "no-store", signal: AbortSignal.timeout(15_000) });
    if (response.redirected || response.status === 404) return; // signed out, or no chat any more
    if (response.status !== 304) {
      if (!response.ok) throw new Error(response.status);
      show(await response.json());
      etag = response.headers.get("ETag") ?? "";
    }
    failures = 0;
  } catch {
    failures += 1;
  } finally {
    asking = false;
    bar.querySelector("[data-chat-error]").hidden = failures < 2;
    const pause = failures ? Math.min(15_000, 1_000 * 2 ** failures) : document.hidden ? HIDDEN : EVERY;
    timer = setTimeout(poll, pause);
  }
}

function show(state) {
  const stick = atEnd();
  for (const entry of state.entries) {
    if (document.getElementById(`message-${entry.id}`)) continue;
    const holder = document.createElement("template");
    holder.innerHTML = entry.html;
    const theirs = !holder.content.querySelector(".message.ours, .message.note, .message.system");
    thread.append(holder.content);
    if (theirs && document.hidden) unseen += 1;
  }
  document.title = unseen ? `(${unseen}) ${title}` : title;
  if (state.entries.length && stick) toEnd();
  for (const ours of thread.querySelectorAll(".message.ours")) {
    const handed = ours.querySelectorAll(".message-head .role")[1];
    if (handed && Number(ours.id.slice(8)) <= state.seen) handed.textContent = state.seen_word;
  }
  bar.dataset.here = state.here;
  const said = bar.querySelector("[data-chat-said]");
  if (said.textContent !== state.said) said.textContent = state.said;
  bar.querySelector("[data-chat-changed]").hidden = state.status === bar.dataset.status;
}

const box = () => (scroller.scrollHeight > scroller.clientHeight + 1 && getComputedStyle(scroller).overflowY !== "visible" ? scroller : document.scrollingElement);
const atEnd = () => box().scrollHeight - box().scrollTop - box().clientHeight < 160;
const toEnd = () => { box().scrollTop = box().scrollHeight; };

// The reply leaves in the background; what the server refuses is sent once more as a page, which shows it at its field.
document.addEventListener("submit", async (event) => {
  if (event.target !== reply || reply.dataset.plainly) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (reply.hasAttribute("aria-busy")) return;
  reply.setAttribute("aria-busy", "true");
  const button = reply.querySelector("button.primary");
  button?.setAttribute("aria-busy", "true");
  let response = null;
  try {
    response = await fetch(reply.action, { method: "POST", body: new FormData(reply), signal: AbortSignal.timeout(60_000) });
  } catch {
    bar.querySelector("[data-chat-error]").hidden = false; // the text stays, with its key: pressed again it is the same message
  } finally {
    reply.removeAttribute("aria-busy");
    button?.removeAttribute("aria-busy");
  }
  if (!response) return;
  if (!response.ok || !/\/desk\/tickets\/\d+\/$/.test(new URL(response.url).pathname)) {
    reply.dataset.plainly = "1";
    return reply.requestSubmit();
  }
  const waits = reply.querySelector("[type=checkbox][name$=wait]")?.checked;
  sent();
  if (waits) return location.reload(); // now waiting for the customer: the whole page says so
  await poll();
  toEnd();
}, true);

function sent() {
  try { sessionStorage.removeItem(`typed:${location.pathname}:${reply.dataset.keep}`); } catch { /* no drafts */ }
  reply.reset();
  reply.querySelector("[name$=key]").value = [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const clip = reply.querySelector(".attach span");
  if (clip?.dataset.words) clip.textContent = clip.dataset.words;
  reply.querySelector("textarea").focus();
}

reply?.querySelector("textarea").addEventListener("input", () => {
  if (Date.now() - typedAt < 4_000) return;
  typedAt = Date.now();
  const body = new FormData();
  body.set("csrfmiddlewaretoken", reply.elements.csrfmiddlewaretoken.value);
  fetch(address, { method: "POST", body }).catch(() => { /* it is only a hint */ });
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = title;
  poll();
});
poll();
