// The wiring of one step, as the lecture draws it, with the numbers of the position; and the same as sums.

const WIDE = 104;
const boxes = new Map(); // letter -> its parts that change

function buildWiring() {
  for (const group of document.querySelectorAll("[data-box]")) buildBox(group, ENTRIES.get(group.dataset.box));
  for (const line of document.querySelectorAll("[data-needs]")) if (!DATA.extra.includes(line.dataset.needs)) line.remove();
  byId("squashing").textContent = DATA.squashing === "identity" ? "as it is" : "tanh";
  byId("inside-words").textContent = DATA.remark || (
    `From the bottom up: ${DATA.story} × multiplies, + adds; dashed lines lead to the next step.`);
}

function buildBox(group, entry) {
  const high = group.hasAttribute("data-tall") ? 82 : 72;
  const lines = entry.lecture.split(" ");
  const words = [...lines, entry.textbook, ...(entry.is_gate ? [entry.sense.split(",")[0]] : [])];
  const number = draw("text", { class: "number", y: high / 2 - 13 });
  const level = draw("rect", { class: "level", y: high / 2 - 7, height: 4, rx: 2 });
  group.append(draw("rect", { class: "box", x: -WIDE / 2, y: -high / 2, width: WIDE, height: high, rx: 8 }));
  const top = -high / 2 + (words.length > 2 || high < 80 ? 15 : 20);
  words.forEach((word, k) => {
    group.append(draw("text", { class: k < lines.length ? "name" : "word", y: top + 13 * k }, word));
  });
  group.append(number, level);
  boxes.set(entry.letter, { number, level });
  group.addEventListener("click", () => { if (LETTERS.includes(entry.letter)) moveTo({ gate: entry.letter }); });
}

// Of the unit in hand, or the mean of all units (of what has a sign, of its size).
function valueHere(letter) {
  if (here.unit !== null) return valueAt(letter, here.layer, here.position, rowHere());
  return LAYERS[here.layer].means.has(letter) ? meanAt(letter, here.layer, here.position) : computed(letter, valueHere);
}

function showWiring() {
  for (const [letter, { number, level }] of boxes) {
    const value = valueHere(letter), colour = css(shadeOf(letter, here.layer, value));
    number.textContent = letter.length > 4 ? two(value) : `${letter} = ${two(value)}`;
    const room = WIDE - 16, share = within(Math.abs(value) / fullSize(letter, here.layer) || 0, 0, 1);
    const start = isGate(letter) ? -room / 2 : value < 0 ? -share * room / 2 : 0;
    setAll(level, { x: start, width: Math.max(1, share * room * (isGate(letter) ? 1 : 0.5)), fill: colour });
  }
  for (const junction of document.querySelectorAll("[data-gate]")) {
    const colour = shadeOf(junction.dataset.gate, here.layer, valueHere(junction.dataset.gate));
    junction.firstElementChild.style.fill = css(colour);
    junction.lastElementChild.style.stroke = inkOn(colour);
  }
  for (const line of document.querySelectorAll("[data-flow]")) {
    line.style.strokeWidth = 1.5 + 4 * flow(line.dataset.flow);
  }
  byId("input").textContent = inputWords();
}

function inputWords() {
  if (BEGINS.has(here.position)) return "a line has ended: all starts anew, nothing read yet";
  const read = here.layer ? `the prediction of layer ${here.layer - 1}` : quoted(labelAt(here.position));
  return `reads ${read} and its own last prediction h'`;
}

// How much goes along a line, 0 to 1.
function flow(letter) {
  return within(Math.abs(valueHere(letter)) / fullSize(letter, here.layer) || 0, 0, 1);
}

function showEquations() {
  const box = byId("equations"), unit = here.unit;
  if (unit === null) return box.replaceChildren(make("p", { class: "faint" }, "Pick a unit to see its sums."));
  const v = (letter) => valueAt(letter, here.layer, here.position, rowHere());
  const sums = Object.entries(DATA.sums).map(([result, terms]) => [
    `${terms.join(" + ").replaceAll("∘", " · ")} = ${result}`,
    `${terms.map((term) => productOf(term.split("∘").map(v))).join(" + ")} = ${two(v(result))}`,
  ]);
  const states = () => [["h' before, h after", `${two(v("h'"))}, ${two(v("h"))}`]];
  const rows = (sums.length ? sums : states()).flatMap(([sum, numbers]) => [make("dt", {}, sum), make("dd", {}, numbers)]);
  return box.replaceChildren(
    make("h3", {}, `Unit ${unit} at ${quoted(labelAt(here.position))}`),
    make("dl", {}, ...rows),
    make("p", { class: "faint" }, "Rounded to two decimals."));
}

const bracketed = (value) => (two(value).startsWith("−") ? `(${two(value)})` : two(value));

const productOf = ([first, ...others]) => [two(first), ...others.map(bracketed)].join(" · ");

function showNumbers() {
  const unit = here.unit;
  const rows = DATA.legend.map((entry) => {
    const name = make("span", {}, make("b", {}, `${entry.lecture} ${entry.letter}`), make("small", {}, entry.textbook + (entry.sense ? `: ${entry.sense}` : "")));
    const mean = meanAt(entry.letter, here.layer, here.position);
    const value = unit === null ? [] : [two(valueHere(entry.letter))];
    return [name, ...value, two(mean)];
  });
  const head = unit === null ? ["quantity", "mean"] : ["quantity", `unit ${unit}`, "mean"];
  byId("numbers").replaceChildren(
    makeTable("The wiring as a table", head, rows, { class: "numbers" }),
    make("p", { class: "faint" }, `Means are over all ${DATA.units.toLocaleString("en")} units; of what has a sign, over its size.`));
}
