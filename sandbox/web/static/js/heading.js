// What stands above the messages: whose phone this is, and the pinned message.

import { jump, onChange } from "./conversation.js";
import { avatar, byId, el, icon } from "./dom.js";
import { go } from "./place.js";

onChange((head, messages) => {
  showHead(head);
  showPinned(messages);
});

function showHead({ owner, chat, you, phone: theirs }) {
  const saved = owner.id === chat.id;
  const shown = theirs ? owner : chat;
  avatar(byId("face"), shown);
  byId("title").textContent = saved ? "Saved Messages" : theirs ? `${owner.name}’s phone` : chat.name;
  byId("subtitle").textContent = about(owner, chat, you, theirs, saved);
  byId("flip").hidden = saved || chat.bot || owner.bot || you;
  byId("flip").onclick = () => go({ owner: chat.id, chat: owner.id });
  const side = theirs ? `${capitalized(chat.role?.short ?? chat.name)}’s side` : `${chat.name.split(" ")[0]}’s phone`;
  byId("flip").replaceChildren(icon("flip"), el("span", {}, side));
  document.title = `${byId("title").textContent} · sandbox`;
}

const capitalized = (words) => words[0].toUpperCase() + words.slice(1);

function about(owner, chat, you, theirs, saved) {
  const account = owner.role ? `${owner.role.full}, ${owner.name}` : owner.name;
  if (saved) return account;
  if (theirs) return `the chat with ${chat.name}, as ${owner.name} sees it`;
  if (you) return `${chat.bot ? "bot · " : ""}you are ${owner.name}`;
  return owner.role ? `as ${account}, sees it` : `as ${account} sees it`;
}

function showPinned(messages) {
  const pinned = messages.filter((one) => one.pinned).at(-1);
  byId("pinned").hidden = !pinned;
  if (!pinned) return;
  const label = el("span", {}, el("b", {}, "Pinned"), pinned.text.split("\n")[0] || "Message");
  byId("pinned").replaceChildren(icon("pin"), label);
  byId("pinned").onclick = () => jump(pinned.id);
}
