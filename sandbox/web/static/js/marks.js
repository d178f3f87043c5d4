// Markdown as Telegram clients parse it: **bold**, __italic__, ~~strike~~, ||spoiler||, `code`.

const MARKS = [
  ["```", "pre"],
  ["**", "bold"],
  ["__", "italic"],
  ["~~", "strikethrough"],
  ["||", "spoiler"],
  ["`", "code"],
];

let verbatim = []; // pairs of delimiters between which marks are text
export const setVerbatim = (pairs) => (verbatim = pairs);

const wordy = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

// Returns the end of a verbatim part that begins at `at`; -1 when none begins there.
function verbatimEnd(source, at) {
  const [open, close] = verbatim.find(([mark]) => source.startsWith(mark, at)) ?? [];
  const end = open === undefined ? -1 : source.indexOf(close, at + open.length);
  return end < 0 ? -1 : end + close.length;
}

/** Returns `{text, entities}` without the marks. A mark inside a word, or without a pair, is text. */
export function unmark(source) {
  const entities = [];
  let text = "";
  let at = 0;

  const closing = (mark, from) => {
    let end = source.indexOf(mark, from + 1);
    while (end >= 0 && mark !== "`" && wordy(source[end + mark.length])) {
      end = source.indexOf(mark, end + 1);
    }
    return end;
  };

  const read = (until) => {
    while (at < until) {
      const literal = verbatimEnd(source, at);
      if (literal > at && literal <= until) {
        text += source.slice(at, literal);
        at = literal;
        continue;
      }
      const found = MARKS.find(([mark]) => source.startsWith(mark, at));
      const end = found && !wordy(source[at - 1]) ? closing(found[0], at + found[0].length) : -1;
      if (!found || end < 0 || end + found[0].length > until) {
        text += source[at++];
        continue;
      }
      const [mark, type] = found;
      const offset = text.length;
      at += mark.length;
      if (type === "code" || type === "pre") {
        text += source.slice(at, end);
        at = end;
      } else {
        read(end);
      }
      at = end + mark.length;
      entities.push({ type, offset, length: text.length - offset });
    }
  };

  read(source.length);
  return { text, entities: entities.filter((one) => one.length > 0) };
}
