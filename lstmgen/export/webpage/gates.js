// Gates and states while the last tokens were read: a strip for each quantity, a row for each unit, a column for a token.
// And a unit whose output is held at a value.

const COLUMNS = 40;
const strips = byId("strips"), layerField = byId("layer"), unitField = byId("unit");
let drawing = false, again = false;

/** Drawn one at a time; what is asked for meanwhile is drawn after it. */
async function showGates() {
  if (looks.name !== "gates") return;
  if (drawing) { again = true; return; }
  drawing = true;
  await drawGates();
  drawing = false;
  if (again) { again = false; showGates(); }
}

async function drawGates() {
  const piece = book.pieces[looks.place?.piece ?? book.pieces.length - 1];
  const end = looks.place ? looks.place.at + 1 : piece?.ids.length ?? 0;
  byId("gates-words").textContent = end
    ? "The last tokens as columns, units as rows. Click a row to pick its unit."
    : "Once something is written, its gates are drawn here.";
  if (!end) { strips.replaceChildren(); return; }
  const ids = piece.ids.slice(0, end), layer = Number(layerField.value || 0);
  const {values, from} = await ask({do: "inside", ids, layer, count: COLUMNS});
  const columns = ids.length - from;
  strips.replaceChildren(...facts.legend.map(one => stripShown(one, values[one.letter], columns)),
    tokensUnder(ids.slice(from)));
}

function stripShown({letter, lecture, textbook, sense, is_gate: isGate}, values, columns) {
  const H = facts.sizes.units, canvas = element("canvas", {width: COLUMNS, height: H, data: {letter}});
  const words = `${lecture} ${letter}`, more = sense || textbook;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${words}, ${more}: ${columns} tokens, ${H} units, mean ${meanOf(values).toFixed(2)}`);
  const image = new ImageData(COLUMNS, H);
  for (let column = 0; column < columns; column++) {
    for (let unit = 0; unit < H; unit++) {
      const value = values[column * H + unit], at = 4 * (unit * COLUMNS + COLUMNS - columns + column);
      image.data.set(isGate ? ofGate(value) : ofState(value), at);
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  canvas.addEventListener("click", event => {
    unitField.value = Math.min(H - 1, Math.floor(event.offsetY / canvas.clientHeight * H));
    unitField.dispatchEvent(new Event("change"));
  });
  return element("figure", {}, element("figcaption", {}, element("b", {textContent: words}), ` ${more}`), canvas);
}

const meanOf = values => values.reduce((sum, value) => sum + value, 0) / values.length;

const between = (low, high, share) => [0, 1, 2].map(k => low[k] + (high[k] - low[k]) * share);

/** Shut is dark, open is light, by way of violet and orange. */
function ofGate(value) {
  const scale = [[22, 16, 46], [112, 40, 110], [226, 104, 66], [252, 230, 160]], at = Math.min(0.9999, Math.max(0, value)) * 3;
  return [...between(scale[Math.floor(at)], scale[Math.floor(at) + 1], at % 1), 255];
}

/** Nothing is grey, above it orange, below it blue; 1 and more is full. */
function ofState(value) {
  const share = Math.min(1, Math.abs(value));
  return [...between([236, 234, 230], value > 0 ? [200, 82, 0] : [30, 90, 168], share), 255];
}

function tokensUnder(ids) {
  const cells = ids.map(id => element("span", {textContent: [...vocabulary.label(id)][0]}));
  return element("p", {className: "under", aria: {hidden: "true"}}, ...cells);
}

/** Tell the worker what is held now. */
function holdUnit() {
  const value = Number(byId("held").value), unit = Number(unitField.value), is = byId("hold").checked;
  byId("held-value").textContent = value.toFixed(2).replace("-", "−");
  const usable = Number.isInteger(unit) && unit >= 0 && unit < facts.sizes.units;
  unitField.setAttribute("aria-invalid", String(!usable));
  tellWorker({do: "hold", unit: is && usable ? {layer: Number(layerField.value || 0), unit, value} : null});
  showGates();
}

function startGates() {
  const {layers, units} = facts.sizes;
  for (let k = layers - 1; k >= 0; k--) layerField.append(element("option", {value: k, textContent: k}));
  byId("layer-row").hidden = layers === 1;
  unitField.max = units - 1;
  layerField.addEventListener("change", holdUnit);
  for (const id of ["hold", "unit", "held"]) {
    byId(id).addEventListener(id === "held" ? "input" : "change", holdUnit);
  }
  holdUnit();
}
