// The list of running chats keeps itself fresh, every three seconds while somebody looks.
const refresh = () => { if (!document.hidden) htmx.trigger(document.getElementById("chats"), "refresh"); };
setInterval(refresh, 3_000);
document.addEventListener("visibilitychange", refresh);

// The focused line stays focused.
let kept = "";
document.addEventListener("htmx:beforeSwap", () => { kept = document.activeElement?.closest?.(".chat-row")?.id ?? ""; });
document.addEventListener("htmx:afterSwap", () => { if (kept) document.getElementById(kept)?.focus({ preventScroll: true }); });
