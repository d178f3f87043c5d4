// The WebSocket: sends requests, receives frames, and reconnects after a loss.

import { byId } from "./dom.js";

const listeners = new Map();
const LONGEST = 4000;
let socket = null;
let pause = 400;

/** Call `listener(value)` for each frame that has this key. */
export function on(key, listener) {
  listeners.set(key, [...(listeners.get(key) ?? []), listener]);
}

export function ask(name, what = {}) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify({ do: name, ...what }));
  return true;
}

export function connect() {
  socket = new WebSocket(`ws://${location.host}/ws`);
  socket.addEventListener("open", () => {
    pause = 400;
    byId("line").hidden = true;
  });
  socket.addEventListener("message", ({ data }) => {
    for (const [key, value] of Object.entries(JSON.parse(data))) {
      for (const listener of listeners.get(key) ?? []) listener(value);
    }
  });
  socket.addEventListener("close", ({ reason }) => {
    if (reason) byId("line").textContent = `${reason}. Once it runs again, this page goes on.`;
    else if (byId("line").hidden) byId("line").textContent = "The sandbox does not answer. Trying again…";
    byId("line").hidden = false;
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, LONGEST);
  });
}
