// Scales that people with any kind of colour vision can read: lightness carries the size, hue only the sign.

const MOST_BITS = 8; // of surprise: this and more is the warmest
const SCALES = DATA.colours;

function between(anchors, share) {
  const place = within(share, 0, 1) * (anchors.length - 1);
  const at = Math.min(Math.floor(place), anchors.length - 2);
  return anchors[at].map((part, k) => Math.round(part + (anchors[at + 1][k] - part) * (place - at)));
}

function shade(value, signed, full) {
  if (!Number.isFinite(value)) return SCALES.unknown[0];
  const scale = !signed ? SCALES.rising : value < 0 ? SCALES.negative : SCALES.positive;
  return between(scale, Math.abs(value) / full);
}

const shadeOf = (letter, layer, value) => shade(value, !isGate(letter), fullSize(letter, layer));
const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

function lightness(colour) {
  return colour.reduce((sum, part, k) => sum + [0.2126, 0.7152, 0.0722][k] * (part / 255) ** 2.2, 0);
}

const inkOn = (colour) => (lightness(colour) > 0.18 ? "#111116" : "#f4f4f8");
const surpriseScale = () => (isDark() ? SCALES.surprise_dark : SCALES.surprise_light);

// A strip of a scale with words at its ends.
function makeScale(low, colours, high) {
  const cells = colours.map((colour) => {
    const cell = make("i");
    cell.style.background = css(colour);
    return cell;
  });
  return [make("span", {}, low), make("span", { class: "strip" }, ...cells), make("span", {}, high)];
}

const steps = (count, colour) => Array.from({ length: count }, (_, k) => colour(k / (count - 1)));
