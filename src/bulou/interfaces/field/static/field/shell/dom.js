// Building pages by hand: h("button.big", {onclick}, "text", child). Text is always text, never markup.

export function h(name, given, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag || "div");
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(given || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  put(made, children);
  return made;
}

function put(into, children) {
  for (const child of children) {
    if (Array.isArray(child)) put(into, child);
    else if (child !== null && child !== undefined && child !== false) into.append(child);
  }
}

export function show(into, ...children) {
  into.textContent = "";
  put(into, children);
}

// A button that is not pressed twice while what it does is being done.
export function button(name, text, act, more) {
  const made = h(`button.${name}`, Object.assign({type: "button"}, more), text);
  made.addEventListener("click", async event => {
    event.preventDefault();
    made.disabled = true;
    try {
      await act();
    } finally {
      made.disabled = false;
    }
  });
  return made;
}

export const link = (name, href, ...children) => h(`a.${name}`, {href}, children);

const icons = {
  today: "M9 11l3 3 8-8M20 12v7a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h9",
  homes: "M3 11l9-8 9 8M5 10v10h5v-6h4v6h5V10",
  add: "M12 5v14M5 12h14",
  queue: "M12 16V4M7 9l5-5 5 5M4 20h16",
  more: "M4 6h16M4 12h16M4 18h16",
  back: "M15 5l-7 7 7 7",
  lock: "M6 11h12v10H6zM8 11V7a4 4 0 0 1 8 0v4",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", icons[name]);
  made.append(path);
  return made;
}
