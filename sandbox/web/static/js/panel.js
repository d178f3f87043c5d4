// The truth, counted from the world's log, and the misfortunes one can wish upon the sender.

import { byId, el, icon } from "./dom.js";
import { ask, on } from "./wire.js";

const panel = byId("panel");
const opener = byId("panel-open");
const number = new Intl.NumberFormat();
const truth = el("dl", { class: "truth" });
const mischief = el("div", { class: "mischief" });

panel.append(
  el(
    "section",
    { "aria-labelledby": "truth-title" },
    el(
      "header",
      {},
      el("h2", { id: "truth-title" }, "The truth"),
      el("button", { type: "button", class: "icon shut-panel", "aria-label": "Close", onclick: () => show(false) }, icon("close")),
    ),
    truth,
    el("p", {}, "From this Telegram’s log, not from what the bot believes."),
  ),
  el(
    "section",
    { "aria-labelledby": "mischief-title" },
    el("h2", { id: "mischief-title" }, "Misfortunes"),
    el("p", {}, "Telegram’s own strike the sender’s next message."),
    mischief,
  ),
);

const figure = (name, value, looks = "") =>
  el("div", { class: looks }, el("dt", {}, name), el("dd", {}, value));

const verdict = (name, value) =>
  figure(name, number.format(value), `wide ${value ? "bad" : "good"}`);

// "lost" and "to_come" are there only where it can be known whom a campaign is for.
on("truth", ({ sent, people, duplicates, lost, to_come: toCome }) => {
  const figures = [
    figure("Sent", number.format(sent)),
    figure("People", number.format(people)),
    verdict("Sent twice", duplicates),
  ];
  if (lost !== undefined) figures.push(verdict("Lost", lost));
  if (toCome !== undefined) figures.push(figure("Still to come", number.format(toCome), "wide"));
  truth.replaceChildren(...figures);
});

on("misfortunes", (all) => {
  const focused = document.activeElement?.dataset?.label;
  mischief.replaceChildren(...all.map(mishap));
  if (focused) [...mischief.children].find((one) => one.dataset.label === focused)?.focus();
});

function mishap({ label, about, waiting, happened, under_way: busy }) {
  const state = busy
    ? el("i", { class: "waiting" }, "under way …")
    : waiting
      ? el("i", { class: "waiting" }, waiting > 1 ? `${waiting} waiting` : "waiting")
      : happened
        ? el("i", { class: "happened" }, happened > 1 ? `struck ${happened}×` : "struck")
        : null;
  return el(
    "button",
    { type: "button", class: "mishap", "data-label": label, onclick: () => ask("misfortune", { label }) },
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
