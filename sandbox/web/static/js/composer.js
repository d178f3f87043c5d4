// Writing: the field, what it replies to, quick actions of a phone's owner, a bot's reply keyboard.

import { commandMenu } from "./commands.js";
import { quote } from "./bubble.js";
import { onChange, onReply } from "./conversation.js";
import { byId, el, icon } from "./dom.js";
import { isPicture, onFiles, upload } from "./files.js";
import { unmark } from "./marks.js";
import { pickPeople } from "./picker.js";
import { current, key } from "./place.js";
import { ask } from "./wire.js";

const drafts = new Map(); // conversation → {text, reply, picture}
let head = null;
let messages = [];
let where = "";
let shape = "";
let used = 0; // the message whose one-time keyboard has been used

const draft = () => {
  if (!drafts.has(where)) drafts.set(where, { text: "", reply: null, picture: null });
  return drafts.get(where);
};

const field = el("textarea", { id: "write", rows: 1, placeholder: "Message", "aria-label": "Message", autocomplete: "off" });
const chooser = el("input", { type: "file", multiple: true, hidden: true, "aria-label": "File to send" });
const attach = el("button", { type: "button", class: "icon", "aria-label": "Attach a file", onclick: () => chooser.click() }, icon("clip"));
const send = el("button", { type: "button", class: "icon send", "aria-label": "Send", onclick: submit }, icon("send"));
const menuKey = el("button", { type: "button", class: "menu", "aria-label": "Menu of the bot’s commands", onclick: () => commands.toggle() }, "Menu");
const write = el("div", { class: "write" }, menuKey, attach, field, send, chooser);
const commands = commandMenu(field, write, menuKey, (command) => {
  field.value = "";
  ask("say", { ...current(), text: command });
  changedText();
});

onChange((newHead, newMessages) => {
  [head, messages] = [newHead, newMessages];
  const before = where;
  where = key({ owner: head.owner.id, chat: head.chat.id });
  draw();
  if (where !== before) enter();
});

onReply((message) => {
  if (!head.may_write || head.blocked) return;
  draft().reply = message;
  draw();
  field.focus();
});

// A single picture waits for a caption; other files are sent at once.
onFiles(take);
function take(files) {
  const [picture] = files;
  if (files.length > 1 || !isPicture(picture) || !head?.may_write || head.blocked) return upload(files);
  draft().picture = picture;
  draw();
  return field.focus();
}

// Rebuild only after a change, so that typing is not disturbed.
function draw() {
  const keyboard = replyKeyboard();
  const { reply, picture } = draft();
  const held = picture && [picture.name, picture.size, picture.lastModified];
  const next = JSON.stringify([where, head.blocked, head.may_write, reply?.id, held, keyboard, unread()]);
  if (next === shape) return;
  shape = next;
  menuKey.hidden = !head.chat.bot;
  const hadFocus = document.activeElement === field;
  field.placeholder = picture ? "Add a caption" : "Message";
  byId("composer").replaceChildren(...parts(reply, picture, keyboard));
  if (hadFocus) field.focus();
}

function enter() {
  field.value = draft().text;
  commands.enter(head);
  grow();
  const typing = matchMedia("(hover: hover)").matches;
  if (typing && !byId("people").contains(document.activeElement)) field.focus();
}

function parts(reply, picture, keyboard) {
  if (!head.may_write) return [el("p", { class: "shut" }, "Nobody reads what is written here.")];
  if (head.blocked) {
    const unblock = el("button", { type: "button", class: "quiet", onclick: () => ask("unblock", current()) }, "Unblock");
    return [el("p", { class: "shut" }, `You have blocked ${head.chat.name}.`, unblock)];
  }
  return [
    head.phone ? quick() : null,
    el("ul", { id: "sending", class: "sending", "aria-live": "polite" }),
    reply ? answering(reply) : null,
    picture ? captioned(picture) : null,
    write,
    keyboard ? replyKeys(keyboard) : null,
  ].filter(Boolean);
}

const unread = () => messages.some((one) => !one.out && one.id > head.seen);

function quick() {
  const answer = (text) => () => {
    const asked = messages.filter((one) => !one.out).at(-1);
    ask("say", { ...current(), text, reply_to: asked?.id });
  };
  const other = head.chat.bot ? "the bot" : (head.chat.role?.short ?? head.chat.name);
  const act = (label, onclick, looks = "") =>
    el("button", { type: "button", class: `quiet ${looks}`, onclick }, label);
  return el(
    "div",
    { class: "quick", role: "group", "aria-label": "What this person may do" },
    unread()
      ? act("Read", () => ask("read", current()))
      : el("button", { type: "button", class: "quiet", disabled: true }, "Read ✓"),
    head.quick_replies.map((text) => act(`Reply ${text}`, answer(text))),
    act(`Block ${other}`, () => ask("block", current()), "bad"),
  );
}

function answering(message) {
  const name = message.out ? head.owner.name : head.chat.name;
  const away = () => {
    draft().reply = null;
    draw();
  };
  return el(
    "div",
    { class: "answering" },
    quote({ name, text: message.text || message.media?.name }),
    el("button", { type: "button", class: "icon", "aria-label": "Do not reply", onclick: away }, icon("close")),
  );
}

function captioned(picture) {
  const src = URL.createObjectURL(picture);
  const freed = () => URL.revokeObjectURL(src);
  const away = () => {
    draft().picture = null;
    draw();
    field.focus();
  };
  return el(
    "div",
    { class: "answering picture" },
    el("img", { src, alt: "", onload: freed, onerror: freed }),
    el("span", {}, el("b", {}, picture.name), el("small", {}, "goes with what you write below")),
    el("button", { type: "button", class: "icon", "aria-label": "Do not send this picture", onclick: away }, icon("close")),
  );
}

// --- the bot's reply keyboard -----------------------------------------------------

function replyKeyboard() {
  const holder = messages.filter((one) => !one.out && one.keyboard).at(-1);
  if (!holder?.keyboard.keyboard || holder.id === used) return null;
  return { id: holder.id, ...holder.keyboard };
}

function replyKeys(keyboard) {
  const rows = keyboard.keyboard.map((row) =>
    el("div", {}, row.map((button) => {
      const onclick = () => replyKey(keyboard, button);
      return el("button", { type: "button", class: `key ${button.style ?? ""}`, onclick }, button.text);
    })),
  );
  return el("div", { class: "replykeys", role: "group", "aria-label": "Answers" }, rows);
}

async function replyKey(keyboard, button) {
  if (button.request_users) {
    const { request_id: request, max_quantity: most = 1 } = button.request_users;
    const people = await pickPeople(button.text, most);
    if (!people.length) return;
    ask("share", { ...current(), request, people });
  } else if (button.request_contact) ask("share", current());
  else ask("say", { ...current(), text: button.text });
  if (keyboard.one_time_keyboard) used = keyboard.id;
  draw();
}

// --- the field -------------------------------------------------------------------

function submit() {
  const { reply, picture } = draft();
  if (!field.value.trim() && !picture) return;
  const { text, entities } = unmark(field.value);
  if (picture) upload([picture], { caption: text, entities: JSON.stringify(entities) });
  else if (!ask("say", { ...current(), text, entities, reply_to: reply?.id })) return;
  drafts.delete(where);
  field.value = "";
  changedText();
  draw();
  field.focus();
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function changedText() {
  if (head) draft().text = field.value;
  grow();
  commands.typed();
}

function wrap(mark) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  field.setRangeText(mark + value.slice(from, to) + mark, from, to, "end");
  changedText();
}

const WRAPS = { b: "**", i: "__", m: "`" };

field.addEventListener("input", changedText);
field.addEventListener("keydown", (event) => {
  if (event.isComposing || commands.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape" && head && (draft().reply || draft().picture)) {
    Object.assign(draft(), { reply: null, picture: null });
    draw();
  } else if ((event.ctrlKey || event.metaKey) && WRAPS[event.key]) {
    event.preventDefault();
    wrap(WRAPS[event.key]);
  }
});
chooser.addEventListener("change", () => {
  take([...chooser.files]);
  chooser.value = "";
});
