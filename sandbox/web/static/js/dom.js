// Creates elements in one expression. Text is always inserted as text, never as HTML.

export const byId = (id) => document.getElementById(id);

export function el(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(namespace, "use"));
  svg.firstChild.setAttribute("href", `#i-${name}`);
  return svg;
}

export function avatar(into, person) {
  const letters = person.name.split(/\s+/).map((word) => [...word][0] ?? "");
  into.textContent = letters.slice(0, 2).join("").toUpperCase();
  into.style.setProperty("--hue", (person.id * 47) % 360);
  return into;
}
