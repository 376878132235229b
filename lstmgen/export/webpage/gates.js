// Gates and states while the last tokens were read: a strip for each quantity, a row for a unit, a column for a token.
// And a unit whose output is held at a value.

const COLUMNS = 32, ROWS = 16;
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
    ? `The last ${facts.noun}s as columns; as rows, the units that vary most. Click a row to pick its unit.`
    : "Once something is written, its gates are drawn here.";
  if (!end) { strips.replaceChildren(); return; }
  const ids = piece.ids.slice(0, end), layer = Number(layerField.value || 0);
  const {values, from} = await ask({do: "inside", ids, layer, count: COLUMNS});
  const columns = ids.length - from, units = liveliest(values.h, columns);
  strips.replaceChildren(...facts.legend.map(one => stripShown(one, values[one.letter], columns, units)),
    tokensUnder(ids.slice(from)));
}

/** The units whose output varies most over these tokens, by number. */
function liveliest(outputs, columns) {
  const H = facts.sizes.units, units = Array.from({length: H}, (_, unit) => unit);
  const variance = units.map(unit => {
    const row = Array.from({length: columns}, (_, column) => outputs[column * H + unit]), mean = meanOf(row);
    return meanOf(row.map(value => (value - mean) ** 2));
  });
  return units.sort((a, b) => variance[b] - variance[a] || a - b).slice(0, ROWS).sort((a, b) => a - b);
}

function stripShown({letter, lecture, textbook, sense, is_gate: isGate}, values, columns, units) {
  const H = facts.sizes.units, canvas = element("canvas", {width: COLUMNS, height: units.length, data: {letter}});
  const words = `${lecture} ${letter}`, more = sense || textbook;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${words}, ${more}: mean over all units ${meanOf(values).toFixed(2)}`);
  const image = new ImageData(COLUMNS, units.length);
  for (let column = 0; column < columns; column++) {
    units.forEach((unit, row) => {
      const value = values[column * H + unit], at = 4 * (row * COLUMNS + column);
      image.data.set(isGate ? ofGate(value) : ofState(value), at);
    });
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  const unitAt = ({offsetY}) => {
    const row = Math.floor(offsetY / canvas.clientHeight * units.length);
    return units[Math.max(0, Math.min(units.length - 1, row))];
  };
  canvas.addEventListener("pointermove", event => { canvas.title = `unit ${unitAt(event)}`; });
  canvas.addEventListener("click", event => {
    unitField.value = unitAt(event);
    unitField.dispatchEvent(new Event("change"));
  });
  return element("figure", {}, element("figcaption", {}, element("b", {textContent: words}), ` ${more}`), canvas);
}

const meanOf = values => values.reduce((sum, value) => sum + value, 0) / values.length;

const between = (low, high, share) => [0, 1, 2].map(k => low[k] + (high[k] - low[k]) * share);

/** Shut is dark, open is light, by way of violet and orange. */
function ofGate(value) {
  const scale = [[22, 16, 46], [112, 40, 110], [226, 104, 66], [252, 230, 160]];
  const at = 3 * Math.min(0.9999, Math.max(0, value)), low = Math.floor(at);
  return [...between(scale[low], scale[low + 1], at - low), 255];
}

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Nothing is as the ground, above it orange, below it blue; 1 and more is full. */
function ofState(value) {
  const share = Math.min(1, Math.abs(value)), [ground, above, below] = dark.matches
    ? [[44, 44, 52], [255, 160, 60], [96, 165, 250]] : [[236, 234, 230], [200, 82, 0], [30, 90, 168]];
  return [...between(ground, value > 0 ? above : below, share), 255];
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
  dark.addEventListener("change", showGates);
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
