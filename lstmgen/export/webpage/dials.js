// The dials: what they say in words, and what is asked of the worker.

const MOODS = [
  [0, "always the likeliest"], [0.5, "careful"], [0.85, "calm"], [1.1, "lively"], [1.4, "daring"], [2, "wild"],
];
const number = id => Number(byId(id).value);

function showMood() {
  const value = number("temperature"), [, word] = MOODS.find(([most]) => value <= most);
  byId("mood").textContent = `${word}, ${value.toFixed(2)}`;
  byId("temperature").setAttribute("aria-valuetext", byId("mood").textContent);
}

const newSeed = () => { byId("seed").value = String(crypto.getRandomValues(new Uint32Array(1))[0]); };

/** Whether a field holds what it may; it is marked where it does not. */
function isRight(id, right) {
  byId(id).setAttribute("aria-invalid", String(!right));
  return right;
}

/** What is asked for, or null where a field is wrong. */
function settings() {
  const seed = byId("seed").value.trim(), whole = (id, low, high) => isRight(id, Number.isInteger(number(id))
    && byId(id).value !== "" && number(id) >= low && number(id) <= high);
  const share = id => isRight(id, byId(id).value !== "" && number(id) >= 0 && number(id) <= 1);
  const right = [isRight("seed", /^\d{1,19}$/.test(seed)), whole("length", 1, 1e5), whole("lines", 1, 1000),
    whole("top-k", 0, 2 ** 40), share("top-p"), share("min-p")];
  if (!right.every(Boolean)) return null;
  const [temperature, topK, topP, minP] = ["temperature", "top-k", "top-p", "min-p"].map(number);
  const how = {temperature, topK, topP, minP, seed};
  return {how, length: number("length"), lines: facts.lines ? number("lines") : 1};
}

function startDials() {
  byId("temperature").value = facts.temperature;
  byId("length").value = facts.length;
  byId("length-label").textContent = facts.lines ? "Longest line" : facts.end === null ? "Length" : "Longest text";
  byId("length-label").append(" ", element("small", {textContent: `${facts.noun}s`}));
  byId("min-p").value = facts.min_p;
  byId("lines-row").hidden = !facts.lines;
  byId("temperature").addEventListener("input", showMood);
  showMood();
  newSeed();
}
