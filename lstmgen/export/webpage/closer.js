// What could have stood at a place, with its chances; a choice goes on from there.

const SHOWN = 10;
let onChoice = () => {};

async function showChoices() {
  const panel = byId("choices"), place = looks.place;
  if (looks.name !== "surprise" || !place) { panel.replaceChildren(); return; }
  const {ids, bits} = book.pieces[place.piece], here = ids[place.at], surprise = bits[place.at];
  const found = await ask({do: "choices", ids: ids.slice(0, place.at), n: place.at, count: SHOWN});
  if (looks.place !== place || looks.name !== "surprise") return;
  const words = surprise === undefined ? "" : `: ${surprise.toFixed(1)} bits of surprise`;
  panel.replaceChildren(
    element("p", {}, element("bdi", {className: "token", textContent: vocabulary.label(here)}), words),
    element("ol", {className: "choices"}, ...found.ids.map((id, k) => choiceShown(id, found.shares[k], id === here))),
  );
}

function choiceShown(id, share, isHere) {
  const bar = element("span", {className: "bar"}), percent = 100 * share;
  bar.style.setProperty("--share", `${percent}%`);
  const button = element("button", {type: "button", data: {choice: id}},
    element("bdi", {className: "token", textContent: vocabulary.label(id)}), bar,
    element("span", {className: "percent", textContent: `${percent < 0.1 ? "<0.1" : percent.toFixed(1)} %`}));
  if (isHere) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => onChoice(looks.place, id, share));
  return element("li", {}, button);
}
