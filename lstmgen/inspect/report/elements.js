// Making elements. What comes from the data goes in as text, never as markup.

const byId = (id) => document.getElementById(id);

function setAll(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function make(tag, attributes = {}, ...children) {
  const element = setAll(document.createElement(tag), attributes);
  element.append(...children);
  return element;
}

function draw(tag, attributes = {}, text = "") {
  const element = setAll(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);
  element.textContent = text;
  return element;
}

// rows: arrays of texts or elements; the first of each names its row.
function makeTable(caption, head, rows, attributes = {}) {
  const cells = (row) => row.map((cell, k) => make(k ? "td" : "th", k ? {} : { scope: "row" }, cell));
  const heads = head.map((cell) => make("th", { scope: "col" }, cell));
  return make("table", attributes,
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells(row)))));
}

function makeBar(share, colour = "") {
  const fill = make("span");
  fill.style.width = `${100 * Math.min(Math.max(share, 0), 1)}%`;
  if (colour) fill.style.background = colour;
  return make("span", { class: "share", "aria-hidden": "true" }, fill);
}

const within = (value, low, high) => Math.min(Math.max(value, low), high);
