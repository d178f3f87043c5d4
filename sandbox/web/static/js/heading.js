// What stands above the messages: whose phone this is, and what the bot has pinned.

import { jump, onChange } from "./conversation.js";
import { avatar, byId, el, icon } from "./dom.js";
import { go } from "./place.js";

onChange((head, messages) => {
  showHead(head);
  showPinned(messages);
});

function showHead({ owner, chat, group }) {
  const theirs = group === "recipients";
  const saved = owner.id === chat.id;
  const shown = theirs ? owner : chat;
  avatar(byId("face"), shown);
  byId("title").textContent = saved ? "Saved Messages" : theirs ? `${owner.name}’s phone` : chat.name;
  byId("subtitle").textContent = about(owner, chat, group, saved);
  byId("flip").hidden = saved || chat.bot || owner.bot || group === "you";
  byId("flip").onclick = () => go({ owner: chat.id, chat: owner.id });
  const side = theirs ? "The sender’s side" : `${chat.name.split(" ")[0]}’s phone`;
  byId("flip").replaceChildren(icon("flip"), el("span", {}, side));
  document.title = `${byId("title").textContent} · sandbox`;
}

function about(owner, chat, group, saved) {
  if (saved) return `the sender account, ${owner.name}`;
  if (group === "recipients") return `the chat with ${chat.name}, as ${owner.name} sees it`;
  if (group === "you") return `${chat.bot ? "bot · " : ""}you are ${owner.name}`;
  return `as the sender account, ${owner.name}, sees it`;
}

function showPinned(messages) {
  const pinned = messages.filter((one) => one.pinned).at(-1);
  byId("pinned").hidden = !pinned;
  if (!pinned) return;
  const label = el("span", {}, el("b", {}, "Pinned"), pinned.text.split("\n")[0] || "Message");
  byId("pinned").replaceChildren(icon("pin"), label);
  byId("pinned").onclick = () => jump(pinned.id);
}
