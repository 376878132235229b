// The worker: reads, writes and looks inside, asked by messages {do, job, ...}; each answer names its job.

const PATIENCE = 25; // milliseconds of work between two looks at what else is asked
const EVERY = 64; // tokens between two states that are kept

let network, drawer, facts, writing = null, streams = new Map();
let ids = [], kept = []; // the text that was read last, and states (after n tokens) of it

const port = new MessageChannel(); // to go on after other messages have been heard, without a timer's wait
port.port1.onmessage = goOn;
const ASKED = {load, write, pause, choices, inside, hold};
onmessage = ({data}) => ASKED[data.do](data);

function load(asked) {
  facts = asked.facts;
  network = new Network(facts, readArrays(facts.arrays, asked.weights));
  drawer = new Drawer(facts);
  postMessage({did: "load"});
}

/** What the network reads for a token: a document's end is nothing again. */
const asRead = token => token === facts.end ? -1 : token;

/** The state after these tokens, from nothing; what was read before and is the same is not read again.
 *  visit(k, state): called after token k is read, for all k >= from. */
function stateAfter(wanted, from = wanted.length, visit = () => {}) {
  let same = 0;
  while (same < Math.min(ids.length, from) && ids[same] === wanted[same]) same++;
  kept = kept.filter(one => one.n <= same);
  if (!kept.length) {
    const state = network.zeroState();
    network.step(-1, state);
    kept.push({n: 0, state});
  }
  const {n, state: last} = kept.at(-1), state = last.slice();
  for (let k = n; k < wanted.length; k++) {
    network.step(asRead(wanted[k]), state);
    if ((k + 1) % EVERY === 0 || k + 1 === wanted.length) kept.push({n: k + 1, state: state.slice()});
    if (k >= from) visit(k, state);
  }
  ids = wanted.slice();
  return state;
}

/** Bits of surprise of a token: -log2 of its share at temperature 1, without filters. */
function bitsOf(logits, token) {
  return (logSum(logits) - logits[token]) / Math.LN2;
}

function logSum(logits) {
  let peak = -Infinity, sum = 0;
  for (let i = 0; i < network.V; i++) if (logits[i] > peak) peak = logits[i];
  for (let i = 0; i < network.V; i++) sum += Math.exp(logits[i] - peak);
  return peak + Math.log(sum);
}

/** The random number with which token `n` of sample `index` is drawn. */
function uniform(seed, index, n) {
  const name = `${seed}/${index}`;
  if (!streams.has(name)) {
    if (streams.size > 8) streams.clear();
    streams.set(name, {next: uniformsOf(seed, index), drawn: []});
  }
  const {next, drawn} = streams.get(name);
  while (drawn.length <= n) drawn.push(next());
  return drawn[n];
}

/** asked: ids so far, `prompt` of them not drawn; unread: whether they have no bits yet; index of the sample; how:
 *  filters and seed; length: most to write. Its own text and states, so that others may be looked at meanwhile. */
function write(asked) {
  const promptBits = asked.unread ? bitsOfPrompt(asked.ids) : [];
  const state = stateAfter(asked.ids), n = Math.max(0, asked.ids.length - asked.prompt);
  writing = {...asked, state, kept: kept.slice(), promptBits, left: asked.length, n};
  port.port2.postMessage(null);
}

/** Bits of every token of a prompt, which is read on the way. */
function bitsOfPrompt(prompt) {
  const bits = [bitsOf(network.predict(stateAfter([])), prompt[0])];
  stateAfter(prompt, 0, (k, state) => {
    if (k + 1 < prompt.length) bits.push(bitsOf(network.predict(state), prompt[k + 1]));
  });
  return bits;
}

/** Some more tokens of what is being written, told all at once. */
function goOn() {
  if (!writing) return;
  const until = performance.now() + PATIENCE, fresh = [], bits = [];
  let ended = false, failed = false;
  while (!ended && !failed && writing.left > 0 && performance.now() < until) {
    const logits = network.predict(writing.state), token = next(logits);
    failed = token < 0;
    if (failed) break;
    fresh.push(token);
    bits.push(bitsOf(logits, token));
    ended = token === facts.end;
    take(token);
  }
  tell(fresh, bits, ended, failed, ended || failed || writing.left <= 0);
  if (writing) port.port2.postMessage(null);
}

/** Draw the next token; -1 where none can be. */
function next(logits) {
  const {how, index, n, ids: read} = writing, begins = n === 0 && (!read.length || read.at(-1) === facts.end);
  return drawer.next(logits, how, index, uniform(how.seed, index, n), begins);
}

function take(token) {
  const {ids: read, state} = writing;
  read.push(token);
  writing.n++;
  writing.left--;
  network.step(asRead(token), state);
  if (read.length % EVERY === 0) writing.kept.push({n: read.length, state: state.slice()});
}

/** Say what was written; when it is done, keep what was read. */
function tell(fresh, bits, ended, failed, done) {
  const {job, promptBits, state} = writing;
  postMessage({did: "write", job, ids: fresh, bits, promptBits, ended, failed, done});
  writing.promptBits = [];
  if (!done) return;
  ({ids, kept} = writing);
  if (kept.at(-1).n !== ids.length) kept.push({n: ids.length, state: state.slice()});
  writing = null;
}

function pause() {
  if (writing) tell([], [], false, false, true);
}

/** The likeliest tokens after the first `n`: their ids, and their shares at temperature 1. */
function choices({job, ids: read, n, count}) {
  const logits = network.predict(stateAfter(read.slice(0, n))), whole = logSum(logits), order = [];
  for (let i = 0; i < network.V; i++) if (!drawer.banned[i]) order.push(i);
  order.sort((a, b) => logits[b] - logits[a] || a - b);
  const best = order.slice(0, count);
  postMessage({did: "choices", job, ids: best, shares: best.map(i => Math.exp(logits[i] - whole))});
}

/** Gates and states of a layer while the last `count` tokens are read: by letter, token after token. */
function inside({job, ids: read, count, layer}) {
  const from = Math.max(0, read.length - count), {H} = network, place = network.layers[layer];
  const values = Object.fromEntries(facts.letters.map(letter => [letter, new Float32Array((read.length - from) * H)]));
  stateAfter(read, from, (k, state) => {
    const at = (k - from) * H;
    facts.gates.forEach((letter, g) => values[letter].set(place.gates.subarray(g * H, (g + 1) * H), at));
    if (values.c) values.c.set(state.subarray(place.c, place.c + H), at);
    values.h.set(state.subarray(place.h, place.h + H), at);
  });
  postMessage({did: "inside", job, from, values});
}

/** Hold the output of a unit at a value; null lets it go. What was read is read again with it. */
function hold({unit}) {
  network.held = unit;
  [ids, kept] = [[], []];
}
