// Defers changes while a pointer is down, so that a press ends on the key on which it began.

/** Returns a function that runs work at once, or after the pointer in `container` is released. */
export function hold(container) {
  const waiting = [];
  let down = false;

  const release = () => {
    if (!down) return;
    // Wait for the click event of this release.
    setTimeout(() => {
      down = false;
      for (const work of waiting.splice(0)) work();
    });
  };
  container.addEventListener("pointerdown", () => (down = true));
  for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, release);

  return (work) => (down ? waiting.push(work) : work());
}
