// The position in hand: the bar that moves it, and what was expected there and comes next.

// The likeliest tokens before `position`; COUNT is after the last one.
function expectedAt(position) {
  return DATA.expected[position].map((kind, k) => ({
    kind, label: DATA.kinds[kind].label, share: DATA.shares[position][k] ?? NaN,
  }));
}

function buildBar() {
  const slider = setAll(byId("slider"), { max: COUNT - 1 });
  slider.addEventListener("input", () => moveTo({ position: Number(slider.value) }));
  byId("back").addEventListener("click", () => moveBy(-1));
  byId("on").addEventListener("click", () => moveBy(1));
  byId("layer").append(...LAYERS.map((_, layer) => make("option", { value: layer }, String(layer))));
  byId("layer-label").hidden = DATA.layers < 2;
  byId("layer").addEventListener("change", () => moveTo({ layer: Number(byId("layer").value) }));
  byId("unit").addEventListener("change", () => {
    moveTo({ unit: byId("unit").value === "mean" ? null : Number(byId("unit").value) });
  });
  byId("theme").addEventListener("click", () => moveTo({ theme: isDark() ? "light" : "dark" }));
}

let listed = null;

function showBar() {
  byId("slider").value = here.position;
  setAll(byId("slider"), { "aria-valuetext": `${here.position}, ${labelAt(here.position)}` });
  byId("back").disabled = here.position === 0;
  byId("on").disabled = here.position === COUNT - 1;
  byId("where").replaceChildren(make("b", {}, quoted(labelAt(here.position))), ` ${here.position} / ${COUNT - 1}`);
  byId("layer").value = here.layer;
  if (listed !== here.layer) listUnits();
  byId("unit").value = here.unit ?? "mean";
  byId("theme").textContent = isDark() ? "Light" : "Dark";
  byId("theme").setAttribute("aria-label", isDark() ? "Show on light" : "Show on dark");
}

function listUnits() {
  listed = here.layer;
  const numbers = unitsHere().toSorted((a, b) => a - b);
  const options = numbers.map((unit) => make("option", { value: unit }, String(unit)));
  byId("unit").replaceChildren(make("option", { value: "mean" }, "mean"), ...options);
}

function showPicked() {
  const at = here.position, bits = ofBits(at);
  const next = at + 1 < COUNT ? DATA.tokens[at + 1] : null;
  const rank = DATA.rank[at] === 1 ? "the likeliest of all" : `rank ${DATA.rank[at].toLocaleString("en")} of all`;
  byId("picked").replaceChildren(
    make("p", { class: "big" }, make("bdi", {}, labelAt(at))),
    make("p", {}, make("b", {}, bitsWords(bits)), ` of surprise. Its chance was ${percent(2 ** -bits)}, ${rank}.`),
    likeliest("Expected here", withOwn(expectedAt(at), at), DATA.tokens[at]),
    likeliest("Expected next", expectedAt(at + 1), next));
}

// With the token that came, where it is none of them.
function withOwn(rows, at) {
  const own = { kind: DATA.tokens[at], label: labelAt(at), share: 2 ** -ofBits(at) };
  return rows.some(({ kind }) => kind === own.kind) ? rows : [...rows, own];
}

function likeliest(caption, rows, right) {
  const cells = rows.map(({ kind, label, share }) => [
    make("bdi", {}, label), makeBar(share), percent(share), kind === right ? "✓" : "",
  ]);
  return makeTable(caption, ["token", "", "chance", "came"], cells, { class: "likeliest" });
}

// Places worth a look: as cards with their sentences, and as bare numbers in the bar.
function buildPlaces() {
  DATA.places.forEach((place, k) => {
    const words = [make("b", {}, place.title), make("span", {}, place.words)];
    byId("places").append(make("li", {}, linkTo(place, {}, ...words)));
    byId("tour").append(linkTo(place, { "aria-label": place.title, title: place.title }, String(k + 1)));
  });
  byId("look").hidden = DATA.places.length === 0;
}

// The section that shows it best comes into view.
function linkTo(place, attributes, ...children) {
  const link = make("a", { ...attributes, href: fragmentOf({ ...place, theme: null }) }, ...children);
  const section = ["surprising", "known"].includes(place.kind) ? "text-head" : "closeup-head";
  link.addEventListener("click", () => byId(section).scrollIntoView({ block: "start" }));
  return link;
}

const isHere = (place) => ["position", "layer", "gate", "unit"].every((name) => place[name] === here[name]);

function showPlaces() {
  DATA.places.forEach((place, k) => {
    for (const link of [byId("places").children[k].firstChild, byId("tour").children[k]]) {
      if (isHere(place)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  });
}
