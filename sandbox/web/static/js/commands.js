// The bot's /command menu: opened by "/" or its key, navigated with arrows, chosen with Enter.

import { el } from "./dom.js";
import { current, isCurrent } from "./place.js";
import { ask, on } from "./wire.js";

/** `choose(text)` is called with the whole command. */
export function commandMenu(field, holder, opener, choose) {
  let all = [];
  let fits = [];
  let at = 0;
  let wanted = false;
  const list = el("ul", { id: "commands", class: "commands", role: "listbox", "aria-label": "Commands", hidden: true });
  holder.append(list);
  field.setAttribute("aria-controls", "commands");

  on("menu", (menu) => {
    if (!isCurrent(menu)) return;
    all = menu.commands;
    draw();
  });

  function draw() {
    const typed = /^\/(\w*)$/.exec(field.value);
    const open = wanted || typed !== null;
    fits = open ? all.filter((one) => one.command.startsWith(typed?.[1].toLowerCase() ?? "")) : [];
    at = Math.min(at, Math.max(fits.length - 1, 0));
    list.hidden = !fits.length;
    opener.setAttribute("aria-expanded", String(!list.hidden));
    list.replaceChildren(...fits.map(option));
    if (list.hidden) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", `command-${at}`);
    return list.children[at].scrollIntoView({ block: "nearest" });
  }

  const option = ({ command, description }, index) =>
    el(
      "li",
      {
        id: `command-${index}`,
        role: "option",
        "aria-selected": String(index === at),
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => take(index),
      },
      el("b", {}, `/${command}`),
      el("span", {}, description),
    );

  function take(index) {
    const { command } = fits[index];
    close();
    choose(`/${command}`);
  }

  function close() {
    wanted = false;
    at = 0;
    fits = [];
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  document.addEventListener("pointerdown", (event) => {
    if (!holder.contains(event.target)) close();
  });

  return {
    enter(head) {
      all = [];
      close();
      if (head.chat.bot) ask("menu", { owner: head.owner.id, chat: head.chat.id });
    },
    typed() {
      if (field.value === "/") ask("menu", current());
      if (field.value) wanted = false;
      draw();
    },
    toggle() {
      const open = list.hidden;
      close();
      wanted = open;
      if (open) ask("menu", current());
      draw();
      field.focus();
    },
    /** Handles a key press; true when the menu used it. */
    key(event) {
      if (list.hidden) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) at = (at + step + fits.length) % fits.length;
      else if (event.key === "Enter" && !event.shiftKey) take(at);
      else if (event.key === "Tab") field.value = `/${fits[at].command} `;
      else if (event.key === "Escape") close();
      else return false;
      event.preventDefault();
      if (step || event.key === "Tab") draw();
      return true;
    },
  };
}
