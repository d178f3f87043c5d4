// The messages of the open conversation: added, edited in place, removed, and kept scrolled to.

import { bubble } from "./bubble.js";
import { dayName } from "./clock.js";
import { byId, el } from "./dom.js";
import { hold } from "./hold.js";
import { onWaiting } from "./keys.js";
import { current, isCurrent } from "./place.js";
import { ask, on } from "./wire.js";

const NEAR = 120;
const messages = new Map();
const listeners = [];
const scroll = byId("scroll");
const log = byId("log");
const deferred = hold(log);
let head = null;
let more = false;
let missed = 0;
let stuck = true; // scrolled to the end, and kept there when messages come
let top = 0;
let reply = () => {};

export const onReply = (listener) => (reply = listener);
/** Call `listener(head, messages)` whenever either changes. */
export const onChange = (listener) => listeners.push(listener);

const acts = {
  say: (text) => ask("say", { ...current(), text }),
  reply: (message) => reply(message),
  react: (message, emoji) => ask("react", { ...current(), message: message.id, emoji }),
  jump,
};

on("view", (view) => {
  if (!isCurrent(view)) return;
  messages.clear();
  for (const one of view.messages) messages.set(one.id, one);
  ({ head, more } = view);
  missed = 0;
  draw();
  toEnd();
  changed();
});

on("older", (page) => {
  if (!isCurrent(page)) return;
  const newer = [...messages.values()];
  const height = scroll.scrollHeight;
  messages.clear();
  for (const one of [...page.messages, ...newer]) messages.set(one.id, one);
  more = page.more;
  draw();
  scroll.scrollTop += scroll.scrollHeight - height;
});

on("patch", (patch) => deferred(() => apply(patch)));

function apply(patch) {
  if (!isCurrent(patch) || !head) return;
  const readFrom = head.read;
  head = patch.head;
  for (const id of patch.gone) remove(id);
  for (const one of patch.messages) put(one);
  if (head.read !== readFrom) ticked(readFrom);
  log.querySelector(".void")?.remove();
  if (!messages.size) draw();
  changed();
}

onWaiting((id) => redraw(id));

function put(message) {
  const fresh = !messages.has(message.id);
  messages.set(message.id, message);
  if (!fresh) return redraw(message.id);
  const before = [...messages.values()].at(-2);
  if (!before || dayName(before.date) !== dayName(message.date)) log.append(day(message));
  const made = element(message, before);
  made.classList.add("fresh");
  log.append(made);
  if (message.out) toEnd();
  else if (!stuck) missed += 1;
  return undefined;
}

function ticked(from) {
  for (const one of messages.values()) if (one.out && one.id > from) redraw(one.id);
}

function remove(id) {
  messages.delete(id);
  find(id)?.remove();
}

const find = (id) => log.querySelector(`[data-id="${id}"]`);

function element(message, before) {
  const made = bubble({ owner: head.owner.id, chat: head.chat.id }, head, message, acts);
  const near = before && before.out === message.out && message.date - before.date < 300;
  if (near && !before.buttons) made.classList.add("near");
  return made;
}

// After an edit the same key, or else the first one, gets the keyboard focus back.
function redraw(id) {
  const old = find(id);
  if (!old || !messages.has(id)) return;
  const all = [...messages.values()];
  const made = element(messages.get(id), all[all.indexOf(messages.get(id)) - 1]);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(made);
  if (focused) {
    const same = made.querySelector(`[data-place="${focused.dataset.place}"]`);
    (same ?? made.querySelector(".key") ?? scroll).focus({ preventScroll: true });
  }
}

function draw() {
  log.setAttribute("aria-busy", "true");
  const parts = more ? [olderKey()] : [];
  let before = null;
  for (const message of messages.values()) {
    if (!before || dayName(before.date) !== dayName(message.date)) parts.push(day(message));
    parts.push(element(message, before));
    before = message;
  }
  log.replaceChildren(...(messages.size ? parts : [nothing()]));
  log.removeAttribute("aria-busy");
}

const day = (message) => el("p", { class: "day" }, dayName(message.date));

const olderKey = () =>
  el("button", {
    type: "button",
    class: "quiet older",
    onclick: () => ask("older", { before: messages.keys().next().value }),
  }, "Earlier messages");

function nothing() {
  if (!head.chat.bot) return el("div", { class: "void" }, el("b", {}, "No messages here yet"));
  const start = () => acts.say("/start");
  return el(
    "div",
    { class: "void" },
    el("b", {}, head.chat.name),
    "This is a bot. Press Start and it answers.",
    el("div", {}, el("button", { type: "button", class: "solid", onclick: start }, "Start")),
  );
}

function changed() {
  showDown();
  const all = [...messages.values()];
  for (const listener of listeners) listener(head, all);
  // One's own chat is read by being shown; that of another person's phone only on request.
  const unread = all.some((one) => !one.out && one.id > head.seen);
  if (head.you && unread && !document.hidden) ask("read", current());
}

export function jump(id) {
  const target = find(id);
  if (!target) return;
  target.scrollIntoView({ block: "center", behavior: "smooth" });
  target.classList.add("flash");
  setTimeout(() => target.classList.remove("flash"), 1200);
}

const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;

function toEnd() {
  stuck = true;
  scroll.scrollTop = scroll.scrollHeight;
}

function showDown() {
  if (stuck) missed = 0;
  byId("down").hidden = stuck;
  byId("down").querySelector("span").textContent = missed ? `${missed} new` : "";
  byId("down").ariaLabel = missed ? `${missed} new messages: go to the newest` : "Go to the newest";
}

document.addEventListener("visibilitychange", () => head && changed());
scroll.addEventListener("scroll", () => {
  // Only scrolling up releases the end; content that grows does not.
  stuck = atEnd() || (stuck && scroll.scrollTop >= top);
  top = scroll.scrollTop;
  showDown();
}, { passive: true });
// New messages, pictures that load late and a growing composer move the end.
const keeper = new ResizeObserver(() => stuck && toEnd());
keeper.observe(scroll);
keeper.observe(log);
byId("down").addEventListener("click", toEnd);
