// Between the room and the page around it: whether it is open, how much is unread, Escape closes it.
const framed = window.parent !== window;
let open = true;
const listeners = [];

export const isFramed = framed;
export const isOpen = () => open;
export const onOpen = (listener) => listeners.push(listener);
export function tellUnread(count) {
  if (framed) window.parent.postMessage({ chat: "unread", count }, "*"); // a number, for whoever frames us
}

function minimise() {
  if (framed) window.parent.postMessage({ chat: "minimise" }, "*");
}

/** The path of the portal's page around us, "" on a foreign site. */
function ourPage() {
  try {
    return window.parent.location.origin === location.origin ? window.parent.location.pathname : "";
  } catch {
    return "";
  }
}

if (framed) {
  for (const button of document.querySelectorAll('[data-do="minimise"]')) {
    button.hidden = false;
    button.addEventListener("click", minimise);
  }
  // A sign-in needs the whole window; from a foreign site it leads to the portal, as there are no cookies in its frame.
  for (const link of document.querySelectorAll("[data-sign-in]")) {
    const address = new URL(link.href);
    const around = ourPage();
    address.search = around ? `?next=${encodeURIComponent(around)}` : "";
    link.href = address.href;
    if (around) link.target = "_top";
  }
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent) return;
    if (event.data?.chat === "opened" || event.data?.chat === "closed") {
      open = event.data.chat === "opened";
      for (const listener of listeners) listener(open);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("details[open]")) minimise();
  });
} else {
  for (const link of document.querySelectorAll("[data-sign-in]")) link.target = "_self";
}
