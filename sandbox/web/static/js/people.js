// The list on the left: the conversations, in the sections that the server names.

import { rowTime } from "./clock.js";
import { avatar, byId, el } from "./dom.js";
import { hold } from "./hold.js";
import { go, isCurrent, key } from "./place.js";
import { on } from "./wire.js";

const MOST = 200; // rows of a section
let sections = [];
const rows = new Map();
let drawing = 0;
const deferred = hold(byId("rows"));

export const known = () => [...rows.values()];

export function redraw() {
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(() => deferred(draw));
}

function draw() {
  const wanted = byId("search").value.trim().toLowerCase();
  const focused = document.activeElement?.dataset?.key;
  const shown = sections.map((one) => section(one, wanted));
  const at = byId("rows").scrollTop;
  byId("rows").replaceChildren(...shown);
  byId("rows").scrollTop = at;
  if (focused) byId("rows").querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
  rove();
}

function section({ key: name, title, phone, empty }, wanted) {
  const all = known().filter((row) => row.section === name);
  const fits = all.filter((row) => !wanted || haystack(row).includes(wanted));
  fits.sort((a, b) => b.order - a.order);
  const items = fits.slice(0, MOST).map((row) => el("li", {}, line(row)));
  const id = `section-${name}`;
  return el(
    "section",
    { "aria-labelledby": id },
    el("h2", { id }, phone && all.length ? `${title} · ${all.length}` : title),
    el("ul", {}, items),
    items.length ? null : el("p", { class: "empty" }, all.length ? "Nobody of that name." : empty),
    fits.length > MOST ? el("p", { class: "empty" }, `${fits.length - MOST} more: search`) : null,
  );
}

const haystack = ({ person, text }) =>
  [person.name, person.username, person.phone, text].filter(Boolean).join(" ").toLowerCase();

function line(row) {
  const count = row.blocked ? "blocked" : row.unread || "";
  return el(
    "button",
    {
      type: "button",
      class: "row",
      "data-key": key(row),
      tabindex: -1,
      "aria-current": isCurrent(row) ? "true" : undefined,
      onclick: () => go(row),
    },
    avatar(el("span", { class: "avatar", "aria-hidden": "true" }), row.person),
    el("b", {}, row.person.name),
    el("time", {}, row.date ? rowTime(row.date) : ""),
    el("span", { class: "text" }, by(row), row.text || "No messages yet"),
    count ? el("span", { class: `count${row.blocked ? " blocked" : ""}` }, String(count), unread(row)) : null,
  );
}

function by({ out, with: chat }) {
  const words = chat ? `${chat} · ` : "";
  return out || chat ? el("i", {}, out ? `${words}You: ` : words) : null;
}

const unread = (row) =>
  row.blocked ? null : el("span", { class: "unseen" }, " unread");

// The list is one tab stop; arrows, Home and End move within it (ARIA roving tabindex).
function rove() {
  const lines = [...byId("rows").querySelectorAll(".row")];
  const stop = lines.find((one) => one === document.activeElement || one.ariaCurrent === "true");
  if (lines.length) (stop ?? lines[0]).tabIndex = 0;
}

function walk(event) {
  const lines = [...byId("rows").querySelectorAll(".row")];
  const at = lines.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (to < 0 && event.key === "ArrowUp") byId("search").focus();
  const next = lines[Math.min(Math.max(to, 0), lines.length - 1)];
  if (to >= 0 && next) {
    for (const one of lines) one.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

byId("people").addEventListener("keydown", (event) => {
  if (event.target !== byId("search") || event.key === "ArrowDown") walk(event);
});
byId("search").addEventListener("input", redraw);
addEventListener("hashchange", redraw);
addEventListener("popstate", redraw);

on("hello", (hello) => {
  sections = hello.sections;
  rows.clear();
});
on("rows", (changed) => {
  for (const row of changed) rows.set(key(row), row);
  redraw();
});
