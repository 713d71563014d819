// Before the first paint: says that scripts run, and puts the chosen theme on <html>. Afterwards: the button that changes it.
const root = document.documentElement;
root.classList.add("js");
const wanted = () => localStorage.getItem("theme");
const apply = () => {
  if (wanted()) root.dataset.theme = wanted();
  else delete root.dataset.theme;
};
try { apply(); } catch { /* storage is refused: the system's wish stands */ }

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toggle-theme]");
  if (!button) return;
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  try { localStorage.setItem("theme", isDark ? "light" : "dark"); } catch { /* for this page only */ }
  root.dataset.theme = isDark ? "light" : "dark";
});

// A menu (<details class="menu">) closes with Escape and by a click beside it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
