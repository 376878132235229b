// What the module gives: text, and for those who want to compute themselves the network and its vocabulary.

/** The model's facts (sizes, tokens, defaults), its arrays by name, and its vocabulary. */
export {facts, arrays, vocabulary, Network};

/**
 * Write after a prompt: a generator of texts, a token each, which ends after `length` tokens, where a line or document
 * ends, or when it is not asked for more. The same seed gives the same text; samples of a seed differ by their index.
 */
export function* write({
  prompt = "", seed = 0, index = 0, length = facts.length, temperature = facts.temperature, topK = 0, topP = 1,
  minP = facts.min_p,
} = {}) {
  const network = new Network(facts, arrays), state = network.zeroState(), uniform = uniformsOf(seed, index);
  const ids = vocabulary.encode(vocabulary.asLearned(prompt)).ids, how = {temperature, topK, topP, minP, seed};
  const read = token => network.step(token === facts.end ? -1 : token, state);
  let last = ids.at(-1) ?? null;
  read(-1);
  ids.forEach(read);
  for (let n = 0; n < length; n++) {
    const begins = n === 0 && (last === null || last === facts.end);
    const token = drawer.next(network.predict(state), how, index, uniform(), begins);
    if (token < 0) throw new Error("The weights give no usable numbers: this file was damaged.");
    if (token === facts.end) return;
    yield vocabulary.textOf(token, last);
    read(token);
    last = token;
  }
}

/** The same as one text, the prompt not repeated. */
export const sample = asked => [...write(asked)].join("");
