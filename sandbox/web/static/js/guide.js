// The guide: one step at a time above the conversation; it can be closed and opened again.

import { byId, el, icon } from "./dom.js";
import { go } from "./place.js";
import { ask, on } from "./wire.js";

let steps = [];
let at = 0;
let home = null;
let run = ""; // identifies one run of the sandbox: the stored position is of this run only

on("hello", ({ steps: all, home: place, run: newRun }) => {
  [steps, home, run] = [all, place, newRun];
  at = Number(sessionStorage.getItem(`step ${run}`) ?? 0);
  draw();
});
// The server advances the guide; a person who has read ahead stays where they are.
on("step", (number) => {
  if (number > at) to(number);
});

function to(number) {
  at = number;
  sessionStorage.setItem(`step ${run}`, at);
  draw();
}

function away(hidden) {
  sessionStorage.setItem(`guide ${run}`, hidden ? "away" : "here");
  draw();
  (hidden ? byId("guide-open") : byId("guide").querySelector("button")).focus();
}

function draw() {
  const hidden = !steps.length || sessionStorage.getItem(`guide ${run}`) === "away";
  byId("guide").hidden = hidden;
  byId("guide-open").hidden = !hidden || !steps.length;
  if (hidden) return;
  at = Math.min(at, steps.length - 1);
  const { title, text, files } = steps[at];
  const close = el("button", { type: "button", class: "icon", "aria-label": "Put the guide away", onclick: () => away(true) }, icon("close"));
  byId("guide").replaceChildren(
    el("h3", {}, el("span", {}, `${at + 1} / ${steps.length}`), title),
    el("div", { class: "turns" }, turn("Back", -1), turn("Next", 1), close),
    el("p", {}, words(text)),
    files.length ? el("div", { class: "files" }, files.flatMap(file)) : "",
  );
}

// A /command in the text is sent when it is pressed.
function words(text) {
  const say = (command) => () => {
    go(home);
    ask("say", { ...home, text: command });
  };
  return text.split(/(?<!\S)(\/[a-z]+)/).map((part) =>
    part.startsWith("/") ? el("button", { type: "button", class: "command", onclick: say(part) }, part) : part,
  );
}

function file(name) {
  const href = `/steps/${at}/${encodeURIComponent(name)}`;
  const send = () => {
    go(home);
    ask("step_file", { step: at, name });
  };
  return [
    el("a", { class: "quiet", href, download: name }, `↓ ${name}`),
    el("button", { type: "button", class: "quiet", "aria-label": `Send it for me: ${name}`, onclick: send }, "Send it for me"),
  ];
}

function turn(label, by) {
  const there = at + by >= 0 && at + by < steps.length;
  const onclick = () => {
    to(at + by);
    [...byId("guide").querySelectorAll(".turns button")].find((one) => one.textContent === label)?.focus();
  };
  return there ? el("button", { type: "button", class: "quiet", onclick }, label) : null;
}

byId("guide-open").addEventListener("click", () => away(false));
