// The inline keyboard of a message: pressing a key, waiting for the bot, showing its answer.

import { el } from "./dom.js";
import { alert, copy, toast } from "./notice.js";
import { ask, on } from "./wire.js";

const PATIENCE = 15000;
const waiting = new Map(); // press number → {place, query, timer}
let presses = 0;

/** Called with a message's id when a key of it starts or stops waiting. */
let redraw = () => {};
export const onWaiting = (listener) => (redraw = listener);

const place = (side, message, row, column) =>
  [side.owner, side.chat, message, row, column].join(":");
const isWaiting = (where) => [...waiting.values()].some((press) => press.place === where);

export function keys(side, message) {
  if (!message.buttons) return null;
  const rows = message.buttons.map((row, r) =>
    el("div", {}, row.map((button, c) => one(side, message, button, r, c))),
  );
  return el("div", { class: "keys", role: "group", "aria-label": "Buttons" }, rows);
}

function one(side, message, button, row, column) {
  const where = place(side, message.id, row, column);
  const given = { class: `key ${button.style ?? ""}`, "data-place": `${row}:${column}` };
  if (button.url) {
    const href = /^(https?|tg):/i.test(button.url) ? button.url : undefined;
    const arrow = el("small", { "aria-hidden": "true" }, "↗");
    return el("a", { ...given, href, target: "_blank", rel: "noopener" }, button.text, arrow);
  }
  if (button.copy) {
    return el("button", { ...given, type: "button", onclick: () => copy(button.copy) }, button.text);
  }
  const onclick = () => press(side, message, button.data, where);
  const busy = isWaiting(where) ? "true" : undefined;
  return el("button", { ...given, type: "button", "aria-busy": busy, onclick }, button.text);
}

function press(side, message, data, where) {
  if (isWaiting(where)) return;
  const number = ++presses;
  if (!ask("press", { ...side, message: message.id, data, press: number })) return;
  const timer = setTimeout(() => {
    toast("The bot has not answered. It may be down: the press waits for it.", true);
    done(number);
  }, PATIENCE);
  waiting.set(number, { place: where, message: message.id, query: null, timer });
  redraw(message.id);
}

function done(number) {
  const press = waiting.get(number);
  clearTimeout(press?.timer);
  waiting.delete(number);
  if (press) redraw(press.message);
}

on("pressed", ({ query, press }) => {
  if (waiting.has(press)) waiting.get(press).query = query;
});

on("answer", ({ query, text, alert: loud }) => {
  for (const [number, press] of waiting) if (press.query === query) done(number);
  if (text) (loud ? alert : toast)(text);
});
