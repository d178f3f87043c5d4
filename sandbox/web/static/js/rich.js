// Formatted text: elements for Telegram's entities; their UTF-16 offsets are JavaScript's own.

import { el } from "./dom.js";
import { copy } from "./notice.js";

const SAFE = /^(https?:|tg:|mailto:)/i;

/** Returns nodes for `text`; `say` is called with a /command that was clicked. */
export function rich(text, entities = [], say = () => {}) {
  return span(text, 0, text.length, entities, say);
}

function span(text, from, to, entities, say) {
  const nodes = [];
  let rest = entities;
  let at = from;
  while (rest.length) {
    const [outer, ...others] = rest;
    const start = Math.max(outer.offset, at);
    const end = Math.min(outer.offset + outer.length, to);
    rest = others;
    if (start >= end) continue;
    const inside = others.filter((one) => one.offset < end);
    if (start > at) nodes.push(text.slice(at, start));
    nodes.push(dressed(outer, text.slice(start, end), span(text, start, end, inside, say), say));
    // Entities may overlap: the part beyond the outer entity is rendered after it.
    rest = others.filter((one) => one.offset + one.length > end);
    at = end;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };

function dressed({ type, url, language }, words, children, say) {
  if (TAGS[type]) return el(TAGS[type], {}, children);
  switch (type) {
    case "code":
      return el(
        "code",
        { class: "tap", title: "Click to copy", onclick: () => copy(words) },
        children,
      );
    case "pre":
      return el("pre", { "data-language": language }, children);
    case "blockquote":
    case "expandable_blockquote":
      return el("blockquote", {}, children);
    case "spoiler":
      return spoiler(children);
    case "url":
      return link(/^https?:/i.test(words) ? words : `https://${words}`, children);
    case "text_link":
      return SAFE.test(url ?? "") ? link(url, children) : el("span", {}, children);
    case "email":
      return link(`mailto:${words}`, children);
    case "bot_command":
      return el("button", { type: "button", class: "command", onclick: () => say(words) }, children);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
    case "phone_number":
      return el("span", { class: "tag" }, children);
    default:
      return el("span", {}, children);
  }
}

const link = (href, children) =>
  el("a", { href, target: "_blank", rel: "noopener noreferrer" }, children);

function spoiler(children) {
  const hidden = el("span", { class: "spoiler", role: "button", tabindex: 0 }, children);
  hidden.setAttribute("aria-label", "Hidden text: press to show");
  const show = () => {
    hidden.classList.add("seen");
    for (const name of ["role", "tabindex", "aria-label"]) hidden.removeAttribute(name);
  };
  hidden.addEventListener("click", show);
  hidden.addEventListener("keydown", (event) => event.key === "Enter" && show());
  return hidden;
}
