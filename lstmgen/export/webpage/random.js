// Random numbers as numpy makes them, SeedSequence([seed, index]) and PCG64, so that a seed writes what it does there.

const LOW_32 = 0xffffffffn, LOW_64 = (1n << 64n) - 1n, LOW_128 = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

/** The 32-bit words of a whole number (BigInt), lowest first; at least one. */
function wordsOf(number) {
  const words = [];
  do {
    words.push(Number(number & LOW_32));
    number >>= 32n;
  } while (number > 0n);
  return words;
}

/** Four words mixed of any number of them, as numpy's SeedSequence does. */
function mixedPool(entropy) {
  let constant = 0x43b0d7e5;
  const hash = value => {
    value ^= constant;
    constant = Math.imul(constant, 0x931e8875);
    value = Math.imul(value, constant);
    return value ^ (value >>> 16);
  };
  const mix = (x, y) => {
    const value = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y) | 0;
    return value ^ (value >>> 16);
  };
  const pool = [0, 1, 2, 3].map(k => hash(entropy[k] ?? 0));
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
  }
  for (let from = 4; from < entropy.length; from++) {
    for (let to = 0; to < 4; to++) pool[to] = mix(pool[to], hash(entropy[from]));
  }
  return pool;
}

/** Four 64-bit numbers (BigInt) out of a pool. */
function seedsOf(pool) {
  let constant = 0x8b51f9dd;
  const words = Array.from({length: 8}, (_, k) => {
    let value = pool[k % 4] ^ constant;
    constant = Math.imul(constant, 0x58f38ded);
    value = Math.imul(value, constant);
    return BigInt((value ^ (value >>> 16)) >>> 0);
  });
  return [0, 2, 4, 6].map(k => words[k] | (words[k + 1] << 32n));
}

/** A function that gives the next number in [0, 1), as numpy's Generator(PCG64(SeedSequence(numbers))).random(). */
function uniformsOf(...numbers) {
  const [high, low, incHigh, incLow] = seedsOf(mixedPool(numbers.flatMap(number => wordsOf(BigInt(number)))));
  const increment = ((((incHigh << 64n) | incLow) << 1n) | 1n) & LOW_128;
  const next = state => (state * MULTIPLIER + increment) & LOW_128;
  let state = next((increment + ((high << 64n) | low)) & LOW_128);
  return () => {
    state = next(state);
    const folded = (state >> 64n) ^ (state & LOW_64), turn = state >> 122n;
    const value = ((folded >> turn) | (folded << (64n - turn))) & LOW_64;
    return Number(value >> 11n) / 2 ** 53;
  };
}
