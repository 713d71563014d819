{% autoescape off %}// A button, and behind it the desk's chat in a frame. Inside the frame everything is the desk's own: no cookie and no
// request of this page is needed. Styles live in a shadow tree, so that neither page disturbs the other.
(() => {
  const known = {{ known }};
  if (window.__helpdeskChat) return;
  window.__helpdeskChat = true;
  const origin = new URL(known.room).origin;
  const narrow = matchMedia("(max-width: 480px)");

  const style = `
    :host { all: initial; color-scheme: light dark; font: 600 15px/1.2 -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; }
    button { position: fixed; inset: auto 20px 20px auto; z-index: 2147483000; display: inline-flex; align-items: center; gap: 10px; min-height: 52px; padding: 0 20px;
      border: 0; border-radius: 999px; background: ${known.colour}; color: ${known.ink}; font: inherit; cursor: pointer; box-shadow: 0 4px 18px rgb(0 0 0 / .22); }
    @supports (color: oklch(from red l c h)) { button { background: oklch(from ${known.colour} min(l, 0.52) c h); color: #fff; } }
    button:hover { filter: brightness(1.08); }
    button:focus-visible { outline: 3px solid currentColor; outline-offset: -6px; }
    svg { width: 22px; height: 22px; fill: currentColor; flex: none; }
    .count { min-width: 22px; padding: 3px 6px; box-sizing: border-box; border-radius: 999px; background: #b0231c; color: #fff; font-size: 13px; text-align: center; }
    iframe { position: fixed; inset: auto 20px 84px auto; z-index: 2147483000; width: 392px; height: min(640px, calc(100dvh - 104px)); border: 1px solid rgb(128 128 128 / .35); border-radius: 14px;
      background: Canvas; box-shadow: 0 12px 40px rgb(0 0 0 / .28); }
    [hidden] { display: none !important; }
    @media (max-width: 480px) { iframe { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; } .is-open { display: none; } button { inset: auto 12px 12px auto; } .words { display: none; } button { padding: 0 15px; } }
    @media print { button, iframe { display: none; } }
  `;

  let button, frame, count, loaded = false;
  const stored = { get: () => { try { return sessionStorage.getItem("helpdesk-chat-open") === "1"; } catch { return false; } },
    set: (open) => { try { sessionStorage.setItem("helpdesk-chat-open", open ? "1" : "0"); } catch { /* only for this page */ } } };

  function build() {
    const host = document.createElement("div");
    host.lang = known.language;
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    button = document.createElement("button");
    button.type = "button";
    button.innerHTML = '<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M7 3h18a5 5 0 0 1 5 5v13a5 5 0 0 1-5 5H14.5L8 30.600V26H7a5 5 0 0 1-5-5V8a5 5 0 0 1 5-5z"/></svg><span class="words"></span><span class="count" hidden></span>';
    count = button.querySelector(".count");
    button.addEventListener("click", () => show(!isOpen()));
    root.append(button);
    document.body.append(host);
    document.querySelector("[data-chat-launcher]")?.remove();
    say();
    if (stored.get() && !narrow.matches) show(true, false);
  }

  const isOpen = () => Boolean(frame) && !frame.hidden;

  function say() {
    const words = isOpen() ? known.close : known.open;
    button.querySelector(".words").textContent = words;
    button.setAttribute("aria-label", words + (count.hidden ? "" : ` (${count.textContent} ${known.unread})`));
    button.setAttribute("aria-expanded", String(isOpen()));
    button.classList.toggle("is-open", isOpen());
  }

  function show(open, focus = true) {
    if (!frame) {
      if (!open) return;
      frame = document.createElement("iframe");
      frame.title = known.title;
      frame.src = known.room + remembered();
      frame.addEventListener("load", () => { loaded = true; tell({ chat: isOpen() ? "opened" : "closed" }); });
      button.before(frame);
    }
    frame.hidden = !open;
    stored.set(open);
    tell({ chat: open ? "opened" : "closed" });
    say();
    if (focus) (open ? frame : button).focus();
  }

  const tell = (news) => { if (loaded) frame.contentWindow?.postMessage(news, origin); };

  // Where the browser refuses storage to a foreign frame, the chat is remembered here and handed back in the fragment.
  function remembered() {
    try {
      const kept = localStorage.getItem(`helpdesk-chat:${origin}`);
      return kept ? `#kept=${encodeURIComponent(kept)}` : "";
    } catch {
      return "";
    }
  }

  function remember(kept) {
    try {
      if (kept === "{}") localStorage.removeItem(`helpdesk-chat:${origin}`);
      else if (kept.length < 50_000) localStorage.setItem(`helpdesk-chat:${origin}`, kept);
    } catch { /* for this page only */ }
  }

  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    if (event.data?.chat === "minimise") show(false);
    if (event.data?.chat === "keep" && typeof event.data.kept === "string") remember(event.data.kept);
    if (event.data?.chat === "unread") {
      const unread = Number(event.data.count) || 0;
      count.hidden = !unread;
      count.textContent = unread > 9 ? "9+" : String(unread);
      say();
    }
  });

  if (document.body) build();
  else document.addEventListener("DOMContentLoaded", build);
})();
{% endautoescape %}
