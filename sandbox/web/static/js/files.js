// Sending files: chosen, dropped anywhere on the chat, or pasted.

import { bytes } from "./clock.js";
import { byId, el } from "./dom.js";
import { toast } from "./notice.js";
import { current } from "./place.js";

const LARGEST = 60 * 1024 * 1024;

/** `listener(files)` handles files that are dropped or pasted; by default they are sent. */
let take = upload;
export const onFiles = (listener) => (take = listener);

export const isPicture = (file) => /^image\/(png|jpeg)$/.test(file.type);

/** Send each file to the open conversation, one after another; `words`: {caption, entities}. */
export async function upload(files, words = {}) {
  const side = current();
  if (!side) return;
  for (const file of files) {
    if (file.size > LARGEST) toast(`${file.name} is too large: ${bytes(file.size)}.`, true);
    else await one(side, file, words);
  }
}

function one(side, file, words) {
  const progress = el("progress", { max: 1, value: 0, "aria-label": `Sending ${file.name}` });
  const line = el("li", {}, `${file.name} · ${bytes(file.size)}`, progress);
  byId("sending")?.append(line);
  const query = new URLSearchParams({ ...side, ...words, name: file.name });
  if (isPicture(file)) query.set("photo", "1");
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      progress.value = event.loaded / (event.total || 1);
    });
    request.addEventListener("loadend", () => {
      line.remove();
      if (request.status !== 204) toast(request.responseText || `${file.name} was not sent.`, true);
      done();
    });
    request.open("POST", `/files?${query}`);
    request.send(file);
  });
}

const chat = byId("chat");
let depth = 0;

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

function hover(change) {
  depth = change === 0 ? 0 : Math.max(0, depth + change);
  byId("drop").hidden = depth === 0;
}

chat.addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  hover(1);
});
chat.addEventListener("dragleave", (event) => carriesFiles(event) && hover(-1));
// A browser opens a file that is dropped elsewhere in place of the page.
addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  hover(0);
  if (chat.contains(event.target)) take([...event.dataTransfer.files]);
});
addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length) return;
  event.preventDefault();
  take(files);
});
