// The data of the page: numbers by letter, layer, position and row (of the units shown).

const DATA = JSON.parse(byId("data").textContent);
const COUNT = DATA.tokens.length;
const ENTRIES = new Map(DATA.legend.map((entry) => [entry.letter, entry]));
const LETTERS = DATA.legend.map((entry) => entry.letter).filter((letter) => letter in DATA.values[0]);
const LARGE = 3; // times the usual size: what a full colour stands for, whatever a few units do
const BEGINS = new Set(DATA.begins);

function unpack({ bits, scale, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const whole = bits === 8 ? new Int8Array(bytes.buffer) : new Int16Array(bytes.buffer);
  const limit = 2 ** (bits - 1) - 1;
  const sizes = whole.filter((value) => value >= -limit).map(Math.abs).sort(); // a typed array sorts by number
  const sizeAt = (share) => (sizes[Math.floor(share * (sizes.length - 1))] ?? 0) * scale / limit;
  const largest = sizeAt(1), large = Math.min(largest, LARGE * sizeAt(0.5));
  return { whole, step: scale / limit, none: -limit - 1, largest, large };
}

const unpackAll = (packed) => new Map(Object.entries(packed).map(([letter, one]) => [letter, unpack(one)]));
const LAYERS = DATA.values.map((values, layer) => ({
  units: DATA.shown[layer],
  values: unpackAll(values),
  first: unpackAll(DATA.first[layer]),
  means: unpackAll(DATA.means[layer]),
}));

function numberAt({ whole, step, none }, at) {
  return whole[at] === none ? NaN : whole[at] * step;
}

// A state as the step found it: zero where everything starts anew.
function stateBefore(letter, layer, position, row) {
  if (BEGINS.has(position)) return 0;
  return position ? valueAt(letter, layer, position - 1, row) : numberAt(LAYERS[layer].first.get(letter), row);
}

function valueAt(letter, layer, position, row) {
  const { units, values } = LAYERS[layer];
  if (!values.has(letter)) return computed(letter, (part) => valueAt(part, layer, position, row), layer, position, row);
  return numberAt(values.get(letter), position * units.length + row);
}

// What a letter says that no trace holds: "c'", "f∘c'", "(1-z)", "tanh(c)"; of: the value of another letter.
function computed(letter, of, layer, position, row) {
  if (letter.includes("∘")) return letter.split("∘").map(of).reduce((left, right) => left * right);
  if (letter.endsWith("'")) return stateBefore(letter.slice(0, -1), layer, position, row);
  return letter.startsWith("tanh(") ? Math.tanh(of(letter.slice(5, -1))) : 1 - of(letter.slice(3, -1));
}

const meanAt = (letter, layer, position) => numberAt(LAYERS[layer].means.get(letter), position);

// The size that a full colour and a full bar stand for: 1, or more where values are larger. A few may be beyond.
const stateOf = (letter) => letter.split("∘").at(-1).replace("'", ""); // whose size a letter's is measured by
const numbersOf = (letter, layer) => LAYERS[layer].values.get(letter) ?? LAYERS[layer].values.get(stateOf(letter));
const fullSize = (letter, layer) => Math.max(1, numbersOf(letter, layer)?.large ?? 1);
const hasBeyond = (letter, layer) => (numbersOf(letter, layer)?.largest ?? 0) > fullSize(letter, layer) + 0.005;

const isGate = (letter) => ENTRIES.get(letter.replace(/^\(1-|\)$/g, ""))?.is_gate ?? false; // "(1-z)" is one too
const labelAt = (position) => DATA.kinds[DATA.tokens[position]].label;
const quoted = (label) => `\u2068“${label}”\u2069`; // isolated: its direction stays its own
const namesOf = ({ lecture, letter, textbook }) => `${lecture} ${letter}, ${textbook}`;

function two(value) {
  if (!Number.isFinite(value)) return "?";
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "−");
}

function percent(share) {
  if (!Number.isFinite(share)) return "?";
  if (share > 0 && share < 0.001) return "<0.1 %";
  if (share < 1 && share > 0.9994) return ">99.9 %";
  return `${(100 * share).toFixed(1)} %`;
}

const bitsWords = (bits) => (Number.isFinite(bits) ? `${bits.toFixed(2)} bits` : "endless");
const ofBits = (position) => DATA.bits[position] ?? Infinity; // JSON has no infinity
