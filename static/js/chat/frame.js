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

if (framed) {
  for (const button of document.querySelectorAll('[data-do="minimise"]')) {
    button.hidden = false;
    button.addEventListener("click", minimise);
  }
  // A sign-in needs the whole window: in a foreign frame there are no cookies.
  for (const link of document.querySelectorAll("[data-sign-in]")) link.href = link.href.replace(/\?.*/, "");
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
