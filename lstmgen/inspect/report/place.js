// Where the reader is: position, layer, gate (the quantity looked at), unit (null: the mean of all), theme (null: the
// system's). It lives in the address after the #, so that a link keeps it.

const here = { position: 0, layer: DATA.layers - 1, gate: LETTERS[0], unit: null,
  theme: document.documentElement.dataset.theme ?? null };
const watchers = [];
const darkSystem = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (here.theme === null ? darkSystem.matches : here.theme === "dark");
const unitsHere = () => LAYERS[here.layer].units;
const rowHere = () => unitsHere().indexOf(here.unit); // -1: the mean

// What a fragment says that can be so; the rest of it is left out.
function readFragment(fragment) {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const number = (name) => (/^\d{1,9}$/.test(said.get(name) ?? "") ? Number(said.get(name)) : null);
  const found = {};
  for (const name of ["position", "layer", "unit"]) if (number(name) !== null) found[name] = number(name);
  if (said.get("unit") === "mean") found.unit = null;
  if (LETTERS.includes(said.get("gate"))) found.gate = said.get("gate");
  if (["light", "dark"].includes(said.get("theme"))) found.theme = said.get("theme");
  return found;
}

function fragmentOf({ position, layer, gate, unit, theme }) {
  const said = new URLSearchParams({ position, layer, gate, unit: unit ?? "mean" });
  if (theme !== null) said.set("theme", theme);
  return `#${said}`;
}

function moveTo(change) {
  Object.assign(here, change);
  here.position = within(here.position, 0, COUNT - 1);
  here.layer = within(here.layer, 0, DATA.layers - 1);
  if (here.unit !== null && rowHere() < 0) here.unit = unitsHere()[0];
  const fragment = fragmentOf(here);
  if (location.hash !== fragment) history.replaceState(null, "", fragment);
  tellAll();
}

function tellAll() {
  byId("tip").hidden = true;
  for (const watcher of watchers) watcher();
}

const moveBy = (steps) => moveTo({ position: here.position + steps });

function moveRow(steps) {
  moveTo({ unit: unitsHere()[within(rowHere() + steps, 0, unitsHere().length - 1)] });
}
