// Every picture as a table too, made when it is opened.

const SIDES = 5; // tokens on each side of the position

const TABLES = {
  "text-table": () => makeTable("Surprise of every token", ["position", "token", "surprise", "chance", "likeliest"],
    DATA.tokens.map((kind, at) => [
      String(at), make("bdi", {}, DATA.kinds[kind].label), bitsWords(ofBits(at)), percent(2 ** -ofBits(at)),
      make("bdi", {}, expectedAt(at)[0].label),
    ])),
  "overview-table": () => makeTable(`All units of layer ${here.layer} over the whole text`,
    ["quantity", "lowest", "highest", "size below 0.1", "size above 0.9", "mean here"],
    LETTERS.map((letter) => {
      const { lowest, highest, below, above } = DATA.measures[here.layer][letter];
      const mean = two(meanAt(letter, here.layer, here.position));
      return [namesOf(ENTRIES.get(letter)), two(lowest ?? NaN), two(highest ?? NaN), percent(below), percent(above), mean];
    })),
  "closeup-table": () => {
    const start = Math.max(0, here.position - SIDES), stop = Math.min(COUNT, here.position + SIDES + 1);
    const places = Array.from({ length: stop - start }, (_, k) => start + k);
    return makeTable(`${namesOf(ENTRIES.get(here.gate))}, around position ${here.position}`,
      ["unit", ...places.map((at) => make("bdi", {}, labelAt(at)))],
      unitsHere().map((unit, row) => [
        String(unit), ...places.map((at) => two(valueAt(here.gate, here.layer, at, row))),
      ]));
  },
  "units-table": () => makeTable(`Layer ${here.layer} at position ${here.position}`,
    ["unit", ...DATA.legend.map((entry) => entry.letter)],
    unitsHere().map((unit, row) => [
      String(unit), ...DATA.legend.map((entry) => two(valueAt(entry.letter, here.layer, here.position, row))),
    ])),
};
const NEVER_CHANGES = "text-table";

function buildTables() {
  for (const id of Object.keys(TABLES)) byId(id).addEventListener("toggle", () => fillTable(id));
}

function fillTable(id) {
  const details = byId(id);
  if (!details.open) return;
  const old = details.querySelector(".scroll");
  if (old && id === NEVER_CHANGES) return;
  const top = old?.scrollTop ?? 0;
  old?.remove();
  const box = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": details.textContent }, TABLES[id]());
  details.append(box);
  box.scrollTop = top;
}

function showTables() {
  for (const id of Object.keys(TABLES)) if (id !== NEVER_CHANGES) fillTable(id);
}
