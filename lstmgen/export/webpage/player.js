// For players in other languages: the model, at the end, is `facts` (JSON) and `weights` (base64 of bytes).
//   sizes      V tokens in the vocabulary, E numbers in the embedding (0: none), H units a layer, L layers
//   cell       "lstm", "peephole", "gru" or "rnn"; gates: their order in the arrays, "g" and "n" being the candidate
//   squashing  of an LSTM's cell state, "tanh" or "identity"; skip_sum: the output reads the sum of all layers
//   tokens     the text of each id; unknown: the id of what is not known, end: of what ends a text, or null
//   spaces     a digit a token: 2 or 3, it gives a space after it; 1 or 3, it takes one before it; it is where both do
//   cut        null: tokens are characters. Otherwise regular expressions: `piece` matches one token after another,
//              with the space understood before it; `joined`, where the token "" stands: no space, though one would be
//              understood; `last_space`, the space at a prompt's end that is dropped, since it is understood
//   arrays     name, shape, kind of number ("float32", "float16", "int8"), the byte where it begins; little-endian, row
//              by row. Where scales is a byte, a float32 for each row begins there, which its numbers are multiplied by
//   names      embedding (V, E); layers.K.W (G, H, D), .U (G, H, H), .b (G, H) of layer K, G gates, D inputs (the first
//              layer's are E or V); .p (3, H) peepholes of f, i, o; .b_hn (H), added to a GRU's U h before the reset;
//              output.W (V, H), or else the embedding; output.b (V)
// Yours is right where it writes at temperature 0 what this does, and `lstmgen sample --temperature 0`.

/** The arrays by name, as ordinary lists of numbers. */
function readArrays() {
  const bytes = Uint8Array.from(atob(weights), sign => sign.charCodeAt(0)), view = new DataView(bytes.buffer);
  const float32 = (at, k) => view.getFloat32(at + 4 * k, true); // true: little-endian
  const float16 = (at, k) => numberOfHalf(view.getUint16(at + 2 * k, true));
  const int8 = (at, k) => view.getInt8(at + k);
  const arrays = {};
  for (const {name, shape, kind, at, scales} of facts.arrays) {
    const count = shape.reduce((product, size) => product * size), columns = shape.at(-1);
    const scale = k => scales === null ? 1 : float32(scales, Math.floor(k / columns));
    const number = {float32, float16, int8}[kind];
    arrays[name] = Float64Array.from({length: count}, (_, k) => number(at, k) * scale(k));
  }
  return arrays;
}

/** The value of a float16: a sign, 5 bits of exponent, 10 of fraction. */
function numberOfHalf(bits) {
  const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = (bits & 1023) / 1024;
  return sign * (exponent === 0 ? 2 ** -14 * fraction : 2 ** (exponent - 15) * (1 + fraction));
}

/** A matrix, row by row, times a vector, plus another: row r is the sum over k of matrix[r, k] x[k], plus start[r]. */
function multiply(matrix, x, start) {
  return start.map((sum, r) => {
    for (let k = 0; k < x.length; k++) sum += matrix[r * x.length + k] * x[k];
    return sum;
  });
}

const sigmoid = a => 1 / (1 + Math.exp(-a));

// A cell gives unit j of a layer its new h (and c), from w = W x + b and u = U h' (+ b_hn), which hold a number for
// each gate and unit, and from h and c as they were. Gate k of unit j stands at k H + j.
const CELLS = {
  lstm({w, u, h, c, p, H}, j) {
    const peephole = (k, cell) => p ? p[k * H + j] * cell : 0, sum = k => w[k * H + j] + u[k * H + j];
    const f = sigmoid(sum(0) + peephole(0, c[j]));
    const i = sigmoid(sum(1) + peephole(1, c[j]));
    const g = Math.tanh(sum(3));
    const cell = f * c[j] + i * g;
    const o = sigmoid(sum(2) + peephole(2, cell));
    return {c: cell, h: o * (facts.squashing === "identity" ? cell : Math.tanh(cell))};
  },
  gru({w, u, h, H}, j) {
    const r = sigmoid(w[j] + u[j]), z = sigmoid(w[H + j] + u[H + j]);
    const n = Math.tanh(w[2 * H + j] + r * u[2 * H + j]);
    return {c: 0, h: z * h[j] + (1 - z) * n};
  },
  rnn: ({w, u}, j) => ({c: 0, h: Math.tanh(w[j] + u[j])}),
};
CELLS.peephole = CELLS.lstm;

/** Read a token after a state; the new state: h and c of each layer. null: no token, with which every text begins. */
export function step(token, state) {
  const {units: H, layers: L} = facts.sizes, zeros = new Float64Array(H), after = [];
  for (let layer = 0; layer < L; layer++) {
    const array = name => arrays[`layers.${layer}.${name}`];
    const {h, c} = token === null ? {h: zeros, c: zeros} : state[layer];
    const w = layer ? multiply(array("W"), after[layer - 1].h, array("b")) : tokenInput(token);
    const inner = new Float64Array(w.length);
    if (array("b_hn")) inner.set(array("b_hn"), 2 * H);
    const known = {w, u: multiply(array("U"), h, inner), h, c, p: array("p"), H};
    const units = Array.from(h, (_, j) => CELLS[facts.cell](known, j));
    after.push({h: units.map(unit => unit.h), c: units.map(unit => unit.c)});
  }
  return after;
}

/** W x + b of the first layer, where x is the token's row of the embedding, or without one a 1 in the token's place. */
function tokenInput(token) {
  const {vocabulary: V, embedding: E} = facts.sizes, W = arrays["layers.0.W"], b = arrays["layers.0.b"];
  if (token === null) return b; // x is zero
  if (E) return multiply(W, arrays.embedding.subarray(token * E, (token + 1) * E), b);
  return b.map((bias, r) => W[r * V + token] + bias); // the token's column
}

/** The logits of the token that comes next (V): the output layer on h of the last layer, or with skip-sum of all. */
export function predict(state) {
  const read = facts.skip_sum ? state : state.slice(-1);
  const h = read[0].h.map((_, j) => read.reduce((sum, layer) => sum + layer.h[j], 0));
  return multiply(arrays["output.W"] ?? arrays.embedding, h, arrays["output.b"]);
}

/** Draw a token by its probability; at temperature 0 the likeliest, the first of equals. first: whether it begins. */
function draw(logits, {temperature, minP, random}, first) {
  const V = logits.length, allowed = id => id !== facts.unknown && !(first && id === facts.end); // no text is empty
  let best = -1;
  for (let id = 0; id < V; id++) if (allowed(id) && !(best >= 0 && logits[id] <= logits[best])) best = id;
  if (temperature === 0 || best < 0) return best;
  const share = id => allowed(id) ? Math.exp((logits[id] - logits[best]) / temperature) : 0; // of the likeliest's
  const shares = Array.from(logits, (_, id) => share(id) < minP ? 0 : share(id));
  const point = random() * shares.reduce((sum, share) => sum + share);
  for (let id = 0, sum = 0; id < V; id++) {
    sum += shares[id];
    if (sum > point) return id;
  }
  return best;
}

/** Numbers in [0, 1) that look random, the same for the same seed (mulberry32). */
export function uniforms(seed) {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let bits = Math.imul(seed ^ seed >>> 15, 1 | seed);
    bits = bits + Math.imul(bits ^ bits >>> 7, 61 | bits) ^ bits;
    return ((bits ^ bits >>> 14) >>> 0) / 2 ** 32;
  };
}

/** Ids of a text's tokens. What the model never saw is left out, or read as the unknown token where it has one. */
export function encode(text) {
  const ids = new Map(facts.tokens.map((token, id) => [token, id]));
  const given = facts.tokens.some(token => token.includes("\r")) ? text : text.replace(/\r\n?/g, "\n");
  const forms = [given, given.normalize("NFC"), given.normalize("NFD")].map(cut); // one is as the model learned it
  const unseen = pieces => pieces.filter(piece => !ids.has(piece)).length;
  const best = forms.reduce((one, other) => unseen(other) < unseen(one) ? other : one);
  return best.map(piece => ids.get(piece) ?? facts.unknown).filter(id => id !== null);
}

/** A text in pieces, each without the space that is understood before it. */
function cut(text) {
  if (facts.cut === null) return [...text];
  const joined = new RegExp(facts.cut.joined, "uy"), prompt = text.replace(new RegExp(facts.cut.last_space, "u"), "");
  return [...prompt.matchAll(new RegExp(facts.cut.piece, "gu"))].flatMap(({0: piece, index}) => {
    joined.lastIndex = index;
    return [...joined.test(prompt) ? [""] : [], piece.replace(/^ (?=[^ ])/, "")];
  });
}

/** The text of a token after another (null: the first), with the space that is understood between them. */
function textOf(id, before) {
  const spaced = before !== null && (facts.spaces[before] & 2) && (facts.spaces[id] & 1);
  return (spaced ? " " : "") + facts.tokens[id];
}

/** Write after a prompt, piece by piece: `length` tokens, or until a line or document ends. */
export function* write({
  prompt = "", length = facts.length, temperature = facts.temperature, minP = facts.min_p, seed = Date.now(),
  random = uniforms(seed),
} = {}) {
  let state = step(null), last = null;
  const read = id => {
    state = step(id === facts.end ? null : id, state); // after an end everything begins anew
    last = id;
  };
  encode(prompt).forEach(read);
  for (let n = 0; n < length; n++) {
    const first = n === 0 && (last === null || last === facts.end);
    const id = draw(predict(state), {temperature, minP, random}, first);
    if (id === facts.end || id < 0) return;
    yield textOf(id, last);
    read(id);
  }
}

/** The same as one text, without the prompt. */
export const sample = asked => [...write(asked)].join("");
