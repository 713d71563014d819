// The week: bars follow what is typed, and Monday's hours can be copied. Works as a plain form without this.
const INTERVAL = /^\s*(\d{1,2})(?:[:h](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:h](\d{2}))?\s*$/
const days = [...document.querySelectorAll("[data-day]")]

function draw(input) {
  const track = input.parentElement.querySelector(".p-track")
  track.replaceChildren(...input.value.split(/[,;]/).map(bar).filter(Boolean))
}

function bar(text) {
  const found = text.match(INTERVAL)
  if (!found) return null
  const from = Number(found[1]) * 60 + Number(found[2] || 0)
  let to = Number(found[3]) * 60 + Number(found[4] || 0)
  if (to <= from) to = 1440
  const piece = document.createElement("i")
  piece.style.left = `${from / 14.4}%`
  piece.style.width = `${(Math.min(to, 1440) - from) / 14.4}%`
  return piece
}

days.forEach((input) => input.addEventListener("input", () => draw(input)))
const copy = document.querySelector("[data-copy-monday]")
if (copy) {
  copy.hidden = false
  copy.addEventListener("click", () => {
    days.slice(1, 5).forEach((input) => { input.value = days[0].value; draw(input) })
  })
}
