// While a finger is down nothing under it moves: a press that began on one key ends on that key.

/** A function that does work at once, or after the pointer has left `container`'s things alone. */
export function hold(container) {
  const waiting = [];
  let down = false;

  const release = () => {
    if (!down) return;
    // After the click that this release makes.
    setTimeout(() => {
      down = false;
      for (const work of waiting.splice(0)) work();
    });
  };
  container.addEventListener("pointerdown", () => (down = true));
  for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, release);

  return (work) => (down ? waiting.push(work) : work());
}
