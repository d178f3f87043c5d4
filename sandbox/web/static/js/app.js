// The entry point: each module listens for its keys in the server's frames.

import "./composer.js";
import "./guide.js";
import "./heading.js";
import "./panel.js";
import { byId } from "./dom.js";
import { setVerbatim } from "./marks.js";
import { toast } from "./notice.js";
import { redraw } from "./people.js";
import { current, enter, go, leave, showPane } from "./place.js";
import { connect, on } from "./wire.js";

const narrow = matchMedia("(max-width: 720px)");

on("hello", ({ home, verbatim }) => {
  setVerbatim(verbatim);
  if (current() || narrow.matches) enter();
  else go(home);
});
on("go", go);
on("refused", (text) => toast(text, true));

byId("back").addEventListener("click", () => {
  leave();
  showPane();
  redraw();
});

showPane();
connect();
