// The panel: counters that the server reads from its log, and buttons that make faults happen.

import { byId, el, icon } from "./dom.js";
import { ask, on } from "./wire.js";

const panel = byId("panel");
const opener = byId("panel-open");
const number = new Intl.NumberFormat();
const counters = el("dl", { class: "counters" });
const faults = el("div", { class: "faults" });
const heading = { counters: el("h2", { id: "counters-title" }), faults: el("h2", { id: "faults-title" }) };
const note = { counters: el("p"), faults: el("p") };

panel.append(
  el(
    "section",
    { "aria-labelledby": "counters-title" },
    el(
      "header",
      {},
      heading.counters,
      el("button", { type: "button", class: "icon shut-panel", "aria-label": "Close", onclick: () => show(false) }, icon("close")),
    ),
    counters,
    note.counters,
  ),
  el("section", { "aria-labelledby": "faults-title" }, heading.faults, note.faults, faults),
);

on("hello", ({ texts }) => {
  for (const one of [panel, opener]) one.setAttribute("aria-label", texts.panel);
  heading.counters.textContent = texts.counters;
  note.counters.textContent = texts.counters_note;
  heading.faults.textContent = texts.faults;
  note.faults.textContent = texts.faults_note;
});

function looks({ kind, value }) {
  if (kind === "error") return `wide ${value ? "bad" : "good"}`;
  return kind === "wide" ? "wide" : "";
}

on("counters", (all) => {
  const figures = all.map((one) =>
    el("div", { class: looks(one) }, el("dt", {}, one.label), el("dd", {}, number.format(one.value))),
  );
  counters.replaceChildren(...figures);
});

on("faults", (all) => {
  const focused = document.activeElement?.dataset?.label;
  faults.replaceChildren(...all.map(fault));
  if (focused) [...faults.children].find((one) => one.dataset.label === focused)?.focus();
});

function fault({ label, about, waiting, happened, running }) {
  const state = running
    ? el("i", { class: "waiting" }, "under way …")
    : waiting
      ? el("i", { class: "waiting" }, waiting > 1 ? `${waiting} waiting` : "waiting")
      : happened
        ? el("i", { class: "happened" }, happened > 1 ? `struck ${happened}×` : "struck")
        : null;
  return el(
    "button",
    { type: "button", class: "fault", "data-label": label, onclick: () => ask("fault", { label }) },
    el("b", {}, label),
    state,
    about ? el("span", {}, about) : null,
  );
}

function show(open) {
  panel.classList.toggle("open", open);
  opener.setAttribute("aria-expanded", String(open));
  (open ? panel.querySelector(".shut-panel") : opener).focus();
}

opener.addEventListener("click", () => show(!panel.classList.contains("open")));
panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel.classList.contains("open")) show(false);
});
