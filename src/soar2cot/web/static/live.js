// The page works without this. It adds: the overview kept up to date, sentence ↔ lines ↔ grids lit together,
// and keys: j and k or the arrows go from sample to sample, / goes to the search.
"use strict";

function keepUpToDate(part) {
  const again = () => setTimeout(load, document.hidden ? 10000 : 2000);
  const load = async () => {
    try {
      const answer = await fetch(part.dataset.live);
      if (answer.ok) part.innerHTML = await answer.text();
      part.classList.toggle("stale", !answer.ok);
    } catch {
      part.classList.add("stale");
    }
    again();
  };
  again();
}

function rangeOf(element) {
  if (element.dataset.line) return [Number(element.dataset.line), Number(element.dataset.line)];
  return [Number(element.dataset.from), Number(element.dataset.to)];
}

function lightTogether() {
  const parts = document.querySelectorAll("[data-line], [data-from]");
  const light = (from, to) => {
    for (const part of parts) {
      const [a, b] = rangeOf(part);
      part.classList.toggle("lit", a <= to && b >= from);
    }
  };
  for (const part of parts) {
    const on = () => light(...rangeOf(part));
    const off = () => light(0, -1);
    part.addEventListener("mouseenter", on);
    part.addEventListener("mouseleave", off);
    part.addEventListener("focus", on);
    part.addEventListener("blur", off);
  }
}

function moveInList(by) {
  const items = [...document.querySelectorAll("[data-item]")];
  const here = items.indexOf(document.activeElement);
  const next = items[Math.max(0, Math.min(items.length - 1, here + by))];
  if (next) next.focus();
  return items.length > 0;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  const search = document.querySelector("[data-search]");
  const go = (name) => document.querySelector(`.around a[rel=${name}]`)?.click();
  if (event.key === "/" && search) search.focus();
  else if (event.key === "j") moveInList(1) || go("next");
  else if (event.key === "k") moveInList(-1) || go("prev");
  else if (event.key === "ArrowRight" && event.target === document.body) go("next");
  else if (event.key === "ArrowLeft" && event.target === document.body) go("prev");
  else return;
  event.preventDefault();
}

document.querySelectorAll("[data-live]").forEach(keepUpToDate);
lightTogether();
document.addEventListener("keydown", onKey);
