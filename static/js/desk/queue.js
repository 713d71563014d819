// The list keeps itself fresh, every ten seconds, and never moves under the pointer: while it rests on the list, news
// waits behind a button. The focused row stays focused and stays where it is on the screen.
const EVERY = 10_000;
const list = () => document.getElementById("queue");
const rows = () => [...document.querySelectorAll(".ticket-row")];
let hovering = false;
let kept = null;

try {
  sessionStorage.setItem("desk:queue", location.pathname + location.search);
} catch { /* the queue is then reached without its filters */ }

document.addEventListener("pointermove", (event) => {
  const inside = event.pointerType === "mouse" && Boolean(event.target.closest?.("#queue .rows"));
  if (hovering && !inside) leave();
  hovering = inside;
});
document.documentElement.addEventListener("pointerleave", () => { if (hovering) leave(); hovering = false; });

function leave() {
  if (!document.querySelector(".queue-news")?.hidden) refresh();
}

const refresh = () => htmx.trigger(list(), "refresh");
setInterval(() => { if (!document.hidden && !document.querySelector("dialog[open]")) refresh(); }, EVERY);
document.addEventListener("visibilitychange", () => document.hidden || refresh());

let asked = false;
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-news]")) { asked = true; refresh(); }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "queue" || !event.detail.shouldSwap) return;
  if (hovering && !asked) {
    event.detail.shouldSwap = false;
    document.querySelector(".queue-news").hidden = false;
    return;
  }
  asked = false;
  const focused = document.activeElement?.closest?.(".ticket-row");
  kept = focused && { id: focused.id, top: focused.getBoundingClientRect().top, place: rows().indexOf(focused) };
});

document.addEventListener("htmx:afterSwap", () => {
  if (!kept) return;
  const row = document.getElementById(kept.id) || rows()[Math.min(kept.place, rows().length - 1)];
  const { top } = kept;
  kept = null;
  if (!row) return;
  row.focus({ preventScroll: true });
  scroller(row).scrollBy({ top: row.getBoundingClientRect().top - top, behavior: "instant" });
});

function scroller(row) {
  const main = row.closest(".queue-main");
  return main.scrollHeight > main.clientHeight ? main : document.scrollingElement;
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement?.closest?.(".ticket-row"));
  const next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  if (event.key === "j" || event.key === "k") { event.preventDefault(); move(event.key === "j" ? 1 : -1); }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!event.target.closest(".ticket-row")) return;
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  }
  if (/^[1-9]$/.test(event.key)) document.querySelector(`[data-view="${event.key}"]`)?.click();
});

document.querySelector("[data-filters]")?.addEventListener("change", (event) => {
  const form = event.currentTarget;
  for (const element of [...form.elements]) if (!element.value) element.disabled = true;
  form.requestSubmit();
});

// Back from a ticket: its row is where one goes on.
document.addEventListener("click", (event) => {
  const row = event.target.closest(".ticket-row");
  if (row) try { sessionStorage.setItem("desk:row", row.id); } catch { /* nothing */ }
});
try {
  const last = sessionStorage.getItem("desk:row");
  if (last) document.getElementById(last)?.focus({ preventScroll: false });
} catch { /* nothing */ }
