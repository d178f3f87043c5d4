// Toasts, and alerts that must be confirmed.

import { byId, el } from "./dom.js";

export function toast(text, bad = false) {
  const shown = el("p", { class: bad ? "bad" : "" }, text);
  byId("toasts").append(shown);
  setTimeout(() => shown.remove(), Math.max(3200, text.length * 60));
}

export function alert(text) {
  byId("alert-text").textContent = text;
  if (!byId("alert").open) byId("alert").showModal();
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    alert(text);
  }
}
