// The open conversation. The URL's fragment (#owner/chat) holds it, so that Back and Reload work.

import { ask } from "./wire.js";

export const key = ({ owner, chat }) => `${owner}/${chat}`;

export function current() {
  const found = /^#(\d+)\/(\d+)$/.exec(location.hash);
  return found && { owner: Number(found[1]), chat: Number(found[2]) };
}

export const isCurrent = (side) => current() !== null && key(current()) === key(side);

export function go(side) {
  if (isCurrent(side)) enter();
  else location.hash = key(side);
}

export const leave = () => history.pushState(null, "", location.pathname);

export function showPane() {
  document.body.dataset.pane = current() ? "chat" : "list";
}

export function enter() {
  showPane();
  if (current()) ask("open", current());
}

addEventListener("hashchange", enter);
addEventListener("popstate", showPane);
