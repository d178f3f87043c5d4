// The dialog that answers a bot's request for people.

import { byId, el } from "./dom.js";
import { known } from "./people.js";

/** Resolves to the ids of at most `most` people; to none when the dialog is cancelled. */
export function pickPeople(title, most) {
  const sheet = byId("picker");
  const people = new Map(known().filter((row) => !row.person.bot).map((row) => [row.person.id, row.person]));
  const boxes = [...people.values()].map((person) => {
    const box = el("input", { type: most > 1 ? "checkbox" : "radio", name: "person", value: person.id });
    return el("li", {}, el("label", {}, box, person.name));
  });
  const chosen = () => [...sheet.querySelectorAll(":checked")].map((box) => Number(box.value));
  sheet.replaceChildren(
    el("h2", { id: "picker-title" }, title),
    el("ul", {}, boxes),
    el(
      "form",
      { method: "dialog" },
      el("button", { class: "quiet", value: "" }, "Cancel"),
      el("button", { class: "solid", value: "ok" }, "Choose"),
    ),
  );
  sheet.returnValue = "";
  sheet.showModal();
  return new Promise((done) => {
    const closed = () => done(sheet.returnValue === "ok" ? chosen().slice(0, most) : []);
    sheet.addEventListener("close", closed, { once: true });
  });
}
