// Elements made of names and texts: whatever comes from outside is text and can be nothing else.

const byId = id => document.getElementById(id);

/** A new element; what is given is set as properties, "data" as its data attributes, "aria" likewise. */
function element(name, {data = {}, aria = {}, ...properties} = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  Object.assign(made.dataset, data);
  for (const [key, value] of Object.entries(aria)) made.setAttribute(key === "role" ? key : `aria-${key}`, value);
  made.append(...children);
  return made;
}

const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
