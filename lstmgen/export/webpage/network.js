// The network, one token at a time. Letters as in the model file: V tokens, H units, L layers, G gates; arrays by rows.

const BLOCK = 8; // rows of a matrix that are multiplied side by side

/** A matrix (R, K) for `multiply`: blocks of eight rows, in each the eight numbers of a column next to one another. */
function packed(matrix, R, K) {
  const blocks = Math.ceil(R / BLOCK), data = new Float32Array(blocks * K * BLOCK);
  for (let r = 0; r < R; r++) {
    let at = (r - r % BLOCK) * K + r % BLOCK;
    for (let k = 0; k < K; k++, at += BLOCK) data[at] = matrix[r * K + k];
  }
  return {data, K, room: blocks * BLOCK};
}

/** out = matrix x + start, where x begins at `from`; out and start have the matrix's `room`. */
function multiply({data, K, room}, x, from, start, out) {
  let at = 0;
  for (let row = 0; row < room; row += BLOCK) {
    let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
    for (let k = from; k < from + K; k++, at += BLOCK) {
      const value = x[k];
      a += data[at] * value;
      b += data[at + 1] * value;
      c += data[at + 2] * value;
      d += data[at + 3] * value;
      e += data[at + 4] * value;
      f += data[at + 5] * value;
      g += data[at + 6] * value;
      h += data[at + 7] * value;
    }
    out[row] = a + start[row];
    out[row + 1] = b + start[row + 1];
    out[row + 2] = c + start[row + 2];
    out[row + 3] = d + start[row + 3];
    out[row + 4] = e + start[row + 4];
    out[row + 5] = f + start[row + 5];
    out[row + 6] = g + start[row + 6];
    out[row + 7] = h + start[row + 7];
  }
}

const sigmoid = a => 1 / (1 + Math.exp(-a));
const tanh = a => 1 - 2 / (Math.exp(2 * a) + 1);

// A cell, from W x + b and U h' + bias (both gate by gate) and the states before, to the gates and the states after.

function lstm(layer, fromInput, fromOutput, state, gates, H) {
  const {c, h, peepholes: p, identity} = layer;
  for (let j = 0; j < H; j++) {
    const before = state[c + j];
    const f = sigmoid(fromInput[j] + fromOutput[j] + (p ? p[j] * before : 0));
    const i = sigmoid(fromInput[H + j] + fromOutput[H + j] + (p ? p[H + j] * before : 0));
    const g = tanh(fromInput[3 * H + j] + fromOutput[3 * H + j]);
    const after = f * before + i * g;
    const o = sigmoid(fromInput[2 * H + j] + fromOutput[2 * H + j] + (p ? p[2 * H + j] * after : 0));
    state[c + j] = after;
    state[h + j] = o * (identity ? after : tanh(after));
    gates[j] = f;
    gates[H + j] = i;
    gates[2 * H + j] = o;
    gates[3 * H + j] = g;
  }
}

function gru(layer, fromInput, fromOutput, state, gates, H) {
  const {h} = layer;
  for (let j = 0; j < H; j++) {
    const r = sigmoid(fromInput[j] + fromOutput[j]);
    const z = sigmoid(fromInput[H + j] + fromOutput[H + j]);
    const n = tanh(fromInput[2 * H + j] + r * fromOutput[2 * H + j]);
    state[h + j] = z * state[h + j] + (1 - z) * n;
    gates[j] = r;
    gates[H + j] = z;
    gates[2 * H + j] = n;
  }
}

function rnn(layer, fromInput, fromOutput, state, gates, H) {
  for (let j = 0; j < H; j++) gates[j] = state[layer.h + j] = tanh(fromInput[j] + fromOutput[j]);
}

const CELLS = {lstm, peephole: lstm, gru, rnn};

class Network {
  /** facts: cell, squashing, skip_sum, gates, sizes (V, E, H, L); arrays by their names in the model file. */
  constructor(facts, arrays) {
    const {vocabulary: V, embedding: E, units: H, layers: L} = facts.sizes, G = facts.gates.length;
    Object.assign(this, {V, H, L, G, cell: CELLS[facts.cell], skipSum: facts.skip_sum, held: null});
    this.table = arrays.embedding;
    this.W = arrays["layers.0.W"];
    this.rows = new Map(); // of the first layer: what a token gives, computed when it is first read
    this.layers = Array.from({length: L}, (_, k) => this.layer(k, arrays, facts.squashing === "identity"));
    this.first = E ? packed(this.W, G * H, E) : null;
    this.output = packed(arrays["output.W"] ?? arrays.embedding, V, H);
    this.outputBias = padded(arrays["output.b"], this.output.room);
    this.logits = new Float32Array(this.output.room);
    this.read = new Float32Array(H);
    this.fromInput = new Float32Array(this.layers[0].U.room);
    this.fromOutput = new Float32Array(this.layers[0].U.room);
  }

  layer(k, arrays, identity) {
    const {H, G} = this, array = name => arrays[`layers.${k}.${name}`];
    const U = packed(array("U"), G * H, H), inner = new Float32Array(U.room);
    if (array("b_hn")) inner.set(array("b_hn"), 2 * H);
    return {
      U, inner, identity, peepholes: array("p"), bias: padded(array("b"), U.room),
      W: k ? packed(array("W"), G * H, H) : null,
      c: 2 * k * H, h: (2 * k + 1) * H, // where its states begin
      gates: new Float32Array(G * H),
    };
  }

  /** States before anything is read: c and h of each layer. */
  zeroState() { return new Float32Array(2 * this.L * this.H); }

  /** Read one token (-1: nothing yet, everything starts anew); the state is carried on in place. */
  step(token, state) {
    const {H, fromInput, fromOutput} = this;
    if (token < 0) state.fill(0);
    this.layers.forEach((layer, k) => {
      if (k) multiply(layer.W, state, this.layers[k - 1].h, layer.bias, fromInput);
      else fromInput.set(token < 0 ? layer.bias : this.row(token));
      multiply(layer.U, state, layer.h, layer.inner, fromOutput);
      this.cell(layer, fromInput, fromOutput, state, layer.gates, H);
      if (this.held?.layer === k) state[layer.h + this.held.unit] = this.held.value;
    });
  }

  /** W x + b of the first layer for a token. */
  row(token) {
    let row = this.rows.get(token);
    if (row) return row;
    const {V, H, G} = this, bias = this.layers[0].bias;
    row = new Float32Array(bias.length);
    if (this.first) multiply(this.first, this.table, token * this.first.K, bias, row);
    else for (let r = 0; r < G * H; r++) row[r] = this.W[r * V + token] + bias[r];
    if (this.rows.size >= 4096) this.rows.clear();
    this.rows.set(token, row);
    return row;
  }

  /** Logits of what comes next, the first V of the array, which the next call fills anew. */
  predict(state) {
    const {H, L, read} = this, top = this.layers[L - 1].h;
    read.set(state.subarray(top, top + H));
    for (let k = 0; this.skipSum && k < L - 1; k++) {
      for (let j = 0; j < H; j++) read[j] += state[this.layers[k].h + j];
    }
    multiply(this.output, read, 0, this.outputBias, this.logits);
    return this.logits;
  }
}

function padded(array, room) {
  const longer = new Float32Array(room);
  longer.set(array);
  return longer;
}
