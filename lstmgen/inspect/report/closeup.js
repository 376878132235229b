// The quantity in hand, close up: some dozens of tokens, a row a unit, and beside it the values at the position as bars.

const GAP = 12;
const closeup = { canvas: make("canvas", { "aria-hidden": "true" }), start: 0 };

function buildCloseup() {
  byId("closeup").append(closeup.canvas);
  byId("closeup").addEventListener("keydown", (event) => {
    const rows = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (!rows) return;
    event.preventDefault();
    moveRow(rows);
  });
  closeup.canvas.addEventListener("click", (event) => {
    const cell = cellUnder(event);
    if (cell) moveTo({ position: cell.position, unit: cell.unit });
  });
  showTips(closeup.canvas, (event) => {
    const cell = cellUnder(event);
    if (!cell) return null;
    const value = valueAt(here.gate, here.layer, cell.position, cell.row);
    return [`${quoted(labelAt(cell.position))}  unit ${cell.unit}  ${here.gate} = ${two(value)}`];
  });
  new ResizeObserver(showCloseup).observe(byId("closeup"));
}

// Sizes in pixels of the page. Words stand upright above their columns.
function measure() {
  const width = byId("closeup").clientWidth, rows = unitsHere().length;
  const bars = Math.round(within(width * 0.24, 70, 220));
  const cell = DATA.level === "word" ? 18 : 13, row = within(Math.floor(420 / rows), 3, 16);
  const columns = Math.min(COUNT, Math.max(1, Math.floor((width - bars - GAP) / cell)));
  return { width, rows, bars, cell, row, columns, top: DATA.level === "word" ? 92 : 24, barsAt: columns * cell + GAP };
}

function follow(columns) {
  const edge = Math.min(3, Math.floor((columns - 1) / 2));
  const visible = here.position >= closeup.start + edge && here.position < closeup.start + columns - edge;
  const start = visible ? closeup.start : here.position - Math.floor(columns / 2);
  closeup.start = within(start, 0, COUNT - columns);
}

function showCloseup() {
  const size = measure(), { canvas } = closeup, dots = window.devicePixelRatio || 1;
  follow(size.columns);
  const high = size.top + size.rows * size.row + 4;
  setAll(canvas, { width: Math.round(size.width * dots), height: Math.round(high * dots) });
  canvas.style.width = `${size.width}px`;
  canvas.style.height = `${high}px`;
  const pen = canvas.getContext("2d");
  pen.scale(dots, dots);
  const look = getComputedStyle(canvas);
  const ink = look.color, line = look.borderTopColor;
  paintCells(pen, size);
  paintBars(pen, size, line);
  paintLabels(pen, size, ink, look.fontFamily);
  paintMarks(pen, size);
  showCloseupWords();
}

function paintCells(pen, { columns, rows, cell, row, top }) {
  const picture = pictureOf(here.gate, here.layer, closeup.start, closeup.start + columns);
  const small = new OffscreenCanvas(columns, rows);
  small.getContext("2d").putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, top, columns * cell, rows * row);
}

function paintBars(pen, { rows, row, top, bars, barsAt }, line) {
  const full = fullSize(here.gate, here.layer), signed = !isGate(here.gate);
  const zero = signed ? barsAt + bars / 2 : barsAt, room = signed ? bars / 2 : bars;
  pen.fillStyle = line;
  pen.fillRect(zero - 0.5, top, 1, rows * row);
  for (let at = 0; at < rows; at++) {
    const value = valueAt(here.gate, here.layer, here.position, at);
    if (!Number.isFinite(value)) continue;
    const length = within(value / full, -1, 1) * room;
    pen.fillStyle = css(shadeOf(here.gate, here.layer, value));
    pen.fillRect(Math.min(zero, zero + length), top + at * row, Math.max(Math.abs(length), 0.5), Math.max(row - 1, row * 0.7));
  }
}

function paintLabels(pen, { columns, cell, top, bars, barsAt }, ink, font) {
  pen.fillStyle = ink;
  const upright = DATA.level === "word";
  pen.textAlign = upright ? "left" : "center";
  for (let k = 0; k < columns; k++) {
    const at = closeup.start + k;
    pen.font = `${at === here.position ? "bold " : ""}13px ${font}`;
    pen.save();
    pen.translate((k + 0.5) * cell + (upright ? 4 : 0), top - 7);
    if (upright) pen.rotate(-Math.PI / 2);
    pen.fillText(labelAt(at), 0, 0, upright ? top - 10 : cell + 8);
    pen.restore();
  }
  pen.font = `12px ${font}`;
  pen.textAlign = "left";
  const full = fullSize(here.gate, here.layer);
  pen.fillText(isGate(here.gate) ? "0" : two(-full), barsAt, top - 7);
  pen.textAlign = "right";
  pen.fillText(isGate(here.gate) ? "1" : two(full), barsAt + bars, top - 7);
}

// Frames lie outside what they frame and are seen on any colour.
function paintMarks(pen, { columns, cell, row, rows, top, barsAt, bars }) {
  const frame = (x, y, width, height) => {
    for (const [line, colour] of [[3, "#000"], [1.2, "#fff"]]) {
      pen.lineWidth = line;
      pen.strokeStyle = colour;
      pen.strokeRect(x - 1.5, y - 1.5, width + 3, height + 3);
    }
  };
  frame((here.position - closeup.start) * cell, top, cell, rows * row);
  if (rowHere() < 0) return;
  frame(1, top + rowHere() * row, columns * cell - 2, row);
  frame(barsAt + 3, top + rowHere() * row, bars - 6, row);
}

function cellUnder(event) {
  const size = measure(), box = closeup.canvas.getBoundingClientRect();
  const row = Math.floor((event.clientY - box.top - size.top) / size.row);
  if (row >= size.rows) return null;
  const x = event.clientX - box.left, column = Math.floor(x / size.cell);
  if (row < 0 || (column >= size.columns && x < size.barsAt)) return null;
  const position = column < size.columns ? closeup.start + column : here.position;
  return { row, unit: unitsHere()[row], position };
}

function showCloseupWords() {
  const entry = ENTRIES.get(here.gate), value = valueHere(here.gate);
  const who = here.unit === null ? "the mean of all units" : `unit ${here.unit}`;
  const sense = entry.sense ? ` (${entry.sense})` : "";
  byId("closeup-head").textContent = `Close up: ${namesOf(entry)}${sense}`;
  const place = DATA.places.find(isHere);
  byId("closeup-words").replaceChildren(
    ...(place ? [make("b", {}, place.title), ` ${place.words} `] : []),
    `At ${quoted(labelAt(here.position))} ${who} has ${entry.letter} = ${two(value)}.`);
  const full = fullSize(here.gate, here.layer), signed = !isGate(here.gate);
  const strip = steps(33, (share) => shade(signed ? (2 * share - 1) * full : share, signed, full));
  const beyond = hasBeyond(here.gate, here.layer) ? " and beyond" : "";
  const ends = signed ? [two(-full) + beyond, two(full) + beyond] : entry.sense.split(", ").reverse();
  byId("closeup-scale").replaceChildren(...makeScale(ends[0], strip, ends[1]));
  const all = unitsHere().length < DATA.units;
  byId("time-words").textContent = (all ? `The ${unitsHere().length} most varying of ${DATA.units.toLocaleString("en")} units` : "All units")
    + ", those that vary most on top. Click a picture to take it close up; in it, ↑ and ↓ change the unit, ← and → the position.";
}
