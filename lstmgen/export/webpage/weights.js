// The weights as they stand in the page, base64 of little-endian numbers, array after array, become Float32Arrays.

/** Arrays by name. listed: for each its name, shape, kind, and where its numbers and its scales begin, in bytes. */
function readArrays(listed, text) {
  const bytes = bytesOf(text), arrays = {};
  for (const {name, shape, kind, at, scales} of listed) {
    const count = shape.reduce((product, size) => product * size, 1);
    arrays[name] = READERS[kind](bytes.buffer, at, count);
    if (scales !== null) {
      const width = shape.at(-1), scale = new Float32Array(bytes.buffer, scales, count / width);
      for (let i = 0; i < count; i++) arrays[name][i] *= scale[Math.floor(i / width)];
    }
  }
  return arrays;
}

const READERS = {
  float32: (buffer, at, count) => new Float32Array(buffer, at, count),
  float16: (buffer, at, count) => Float32Array.from(new Uint16Array(buffer, at, count), halfToNumber),
  int8: (buffer, at, count) => Float32Array.from(new Int8Array(buffer, at, count)),
};

function bytesOf(text) {
  const binary = atob(text.trim()), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The value of the 16 bits of a float16 number. */
function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
}
