// Keeps <time data-due="2026-01-05T15:00:00Z"> in step: "in 23 min", "4 min ago", in the page's language.
// The demo's clock may be moved, so the server's moment (<html data-now>) is what counts, not the browser's.
// data-due-wide: up to two units ("1 h 5 min"). The element keeps its title (the exact moment).
const html = document.documentElement;
const skew = html.dataset.now ? Date.parse(html.dataset.now) - Date.now() : 0;
const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat(html.lang || "en", { numeric: "always", style: "short" });

export function say(seconds) {
  const distance = Math.abs(seconds);
  for (const [unit, size] of units) {
    if (distance >= size * (unit === "day" ? 2 : 1) || unit === "minute") {
      return relative.format(Math.sign(seconds) * Math.max(1, Math.floor(distance / size)), unit);
    }
  }
}

// A clock is missed when its grace (data-breach) is over, where it has one; the shape changes with the colour.
function missed(clock, time, now) {
  if (now <= Date.parse(clock.dataset.breach || time.dataset.due)) return;
  for (const part of clock.closest(".clock-line")?.querySelectorAll(".clock") ?? [clock]) {
    part.dataset.status = "breached";
    const shape = part.querySelector("use");
    if (shape) shape.setAttribute("href", shape.getAttribute("href").replace(/#.*/, "#breached"));
  }
}

function tick(scope = document) {
  const now = Date.now() + skew;
  for (const time of scope.querySelectorAll("time[data-due]")) {
    const seconds = (Date.parse(time.dataset.due) - now) / 1000;
    const words = say(seconds || 1);
    if (time.textContent !== words) time.textContent = words;
    const clock = time.closest(".clock");
    if (clock && ["running", "warned"].includes(clock.dataset.status)) missed(clock, time, now);
  }
}

tick();
setInterval(tick, 15_000);
document.addEventListener("visibilitychange", () => document.hidden || tick());
document.addEventListener("htmx:afterSwap", (event) => tick(event.target));
