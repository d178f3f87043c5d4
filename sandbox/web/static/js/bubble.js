// The element of one message.

import { bytes, clock } from "./clock.js";
import { el, icon } from "./dom.js";
import { keys } from "./keys.js";
import { rich } from "./rich.js";

const EMOJIS = ["👍", "❤️", "🔥", "👏", "😢"];

/** `acts`: {say(text), reply(message), react(message, emoji), jump(id)}. `head.read` is the last id that the other side has read. */
export function bubble(side, head, message, acts) {
  if (message.service) return el("p", { class: "day", "data-id": message.id }, message.service);
  const inside = [
    message.forward && el("p", { class: "origin" }, `Forwarded from ${message.forward}`),
    message.reply && quote(message.reply, () => acts.jump(message.reply.id)),
    message.media && media(message.media),
    message.contact && contact(message.contact),
    message.people && people(message.people),
    el("div", { class: message.text ? "body" : "body bare" }, rich(message.text, message.entities, acts.say), meta(head, message)),
  ].filter(Boolean);
  const classes = ["message"];
  if (message.out) classes.push("mine");
  if (message.buttons) classes.push("keyed");
  return el(
    "article",
    { class: classes.join(" "), "data-id": message.id },
    el("div", { class: "bubble", ondblclick: () => acts.reply(message) }, inside),
    keys(side, message),
    message.reactions && reactions(message.reactions),
    head.may_write && tools(message, acts),
  );
}

export function quote({ name, text }, onclick) {
  const words = [el("b", {}, name), el("span", {}, text || "Message")];
  return onclick
    ? el("button", { type: "button", class: "quote", onclick }, words)
    : el("div", { class: "quote" }, words);
}

function media({ id, kind, name, size, width, height }) {
  const href = `/files/${id}`;
  if (kind === "photo") {
    const looks = { class: "photo", src: href, alt: "Photo", width, height, loading: "lazy" };
    return el("a", { href, target: "_blank", rel: "noopener" }, el("img", looks));
  }
  return el(
    "a",
    { class: "file", href, download: name },
    el("span", { class: "disc" }, icon("file")),
    el("span", {}, el("b", {}, name), el("small", {}, `${bytes(size)} · download`)),
  );
}

function contact(card) {
  const name = [card.first_name, card.last_name].filter(Boolean).join(" ");
  const phone = `+${String(card.phone_number).replace(/^\+/, "")}`;
  return el("div", { class: "card" }, el("b", {}, name), el("small", {}, phone));
}

function people({ users }) {
  const names = users.map((one) => one.first_name || one.user_id).join(", ");
  return el("div", { class: "card" }, el("b", {}, "Shared people"), el("small", {}, names));
}

function meta(head, message) {
  const parts = [message.edited ? "edited " : "", clock(message.date)];
  if (message.out && head.owner.id !== head.chat.id) {
    const read = message.id <= head.read;
    const ticks = { class: `ticks${read ? " read" : ""}`, role: "img", "aria-label": read ? "Read" : "Sent" };
    parts.push(el("span", ticks, read ? "✓✓" : "✓"));
  }
  return el("span", { class: "meta" }, parts);
}

const reactions = (all) =>
  el("div", { class: "reactions" }, all.map((one) => el("span", { title: "Reaction" }, one)));

function tools(message, acts) {
  const reply = tool("reply", "Reply", () => acts.reply(message));
  if (message.out) return el("div", { class: "tools" }, reply);
  const choice = (emoji) =>
    el("button", { type: "button", class: "icon", onclick: () => acts.react(message, emoji) }, emoji);
  const all = el("div", { class: "emojis", role: "group", "aria-label": "Reactions", hidden: true }, EMOJIS.map(choice));
  const react = tool("smile", "React", () => {
    all.hidden = !all.hidden;
    react.setAttribute("aria-expanded", String(!all.hidden));
    if (!all.hidden) all.firstChild.focus();
  });
  react.setAttribute("aria-expanded", "false");
  return el("div", { class: "tools" }, reply, react, all);
}

const tool = (name, label, onclick) =>
  el("button", { type: "button", class: "icon", "aria-label": label, onclick }, icon(name));
