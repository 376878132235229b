// Every quantity over the whole text: time from left to right, a row a unit.

const thumbs = new Map();
let thumbsLayer = null;

function buildOverview() {
  for (const letter of LETTERS) {
    const canvas = make("canvas", { "aria-hidden": "true" }), mark = make("span", { class: "mark" });
    const value = make("output", { "aria-live": "off" });
    const entry = ENTRIES.get(letter);
    const button = make("button", { type: "button", "data-letter": letter },
      make("span", { class: "title" }, make("b", {}, `${entry.lecture} ${letter}`), value),
      make("span", { class: "film" }, canvas, mark),
      make("small", {}, entry.textbook + (entry.sense ? `: ${entry.sense}` : "")));
    button.addEventListener("click", (event) => pickThumb(event, letter, canvas));
    byId("overview").append(button);
    thumbs.set(letter, { button, canvas, mark, value });
  }
}

// A pointer also picks the position; a key only the quantity.
function pickThumb(event, letter, canvas) {
  const box = canvas.getBoundingClientRect();
  const inside = event.detail > 0 && event.clientY >= box.top && event.clientY <= box.bottom;
  const position = Math.floor(((event.clientX - box.left) / box.width) * COUNT);
  moveTo(inside ? { gate: letter, position } : { gate: letter });
}

function showOverview() {
  if (thumbsLayer !== here.layer) paintThumbs();
  for (const [letter, { button, mark, value }] of thumbs) {
    button.setAttribute("aria-pressed", String(letter === here.gate));
    mark.style.left = `${(100 * (here.position + 0.5)) / COUNT}%`;
    value.textContent = `${here.unit === null ? "mean" : `unit ${here.unit}`} ${two(valueHere(letter))}`;
  }
}

function paintThumbs() {
  thumbsLayer = here.layer;
  for (const [letter, { canvas }] of thumbs) {
    const picture = pictureOf(letter, here.layer, 0, COUNT);
    setAll(canvas, { width: picture.width, height: picture.height });
    canvas.getContext("2d").putImageData(picture, 0, 0);
  }
}

// A pixel for each token and unit.
function pictureOf(letter, layer, start, stop) {
  const { units, values } = LAYERS[layer];
  const picture = new ImageData(stop - start, units.length);
  const full = fullSize(letter, layer), signed = !isGate(letter), numbers = values.get(letter);
  const known = new Map();
  for (let row = 0; row < units.length; row++) {
    for (let at = start; at < stop; at++) {
      const whole = numbers.whole[at * units.length + row];
      if (!known.has(whole)) known.set(whole, shade(numberAt(numbers, at * units.length + row), signed, full));
      picture.data.set([...known.get(whole), 255], 4 * (row * (stop - start) + at - start));
    }
  }
  return picture;
}
