// Varints of Kafka's record fields: small magnitudes, of either sign, in few bytes (ABNF, RFC 5234):
//
//   varint          = *9(%x80-FF) %x00-7F            ; 7 bits an octet, the lowest first, of the zig-zag number
//
// The zig-zag number of n is 2n where n is not negative, else -2n - 1. Numbers within 32 bits take the fast way; the
// distance between two timestamps may need more.
const INT32_MAX = 0x7fffffff;
const INT32_MIN = -0x80000000;

export function sizeOfVarint(value: number): number {
  if (value > INT32_MAX || value < INT32_MIN) return sizeOfUnsigned(zigzag64(value));
  const bits = 32 - Math.clz32((value << 1) ^ (value >> 31));
  return bits === 0 ? 1 : Math.ceil(bits / 7);
}

/** Writes at `position` and returns the position after it. */
export function writeVarint(target: Buffer, position: number, value: number): number {
  if (value > INT32_MAX || value < INT32_MIN) return writeUnsigned(target, position, zigzag64(value));
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let at = position;
  while (rest > 0x7f) {
    target[at] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    at += 1;
  }
  target[at] = rest;
  return at + 1;
}

function zigzag64(value: number): bigint {
  const wide = BigInt(value);
  return BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
}

function sizeOfUnsigned(value: bigint): number {
  let size = 1;
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) size += 1;
  return size;
}

function writeUnsigned(target: Buffer, position: number, value: bigint): number {
  let rest = value;
  let at = position;
  while (rest > 0x7fn) {
    target[at] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
    at += 1;
  }
  target[at] = Number(rest);
  return at + 1;
}
