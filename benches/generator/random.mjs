/**
 * One seeded source of randomness, so that the same options make the same room, byte for byte.
 * The generator is sfc32 (Chris Doty-Humphrey's PractRand): 128 bits of state, fast, and long enough for any room.
 */

export class Random {
  #a;
  #b;
  #c;
  #counter = 1;

  constructor(seed) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    this.#c = 0x9e3779b9;
    // The first outputs still resemble the seed.
    for (let i = 0; i < 16; i++) this.uint32();
  }

  uint32() {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  unit() {
    return this.uint32() / 2 ** 32;
  }

  /** An integer in [0, below). */
  below(below) {
    return Math.floor(this.unit() * below);
  }

  chance(share) {
    return this.unit() < share;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** An index in [0, below) that favours small ones: the cube of a uniform, as activity in rooms is spread. */
  skewed(below) {
    return Math.floor(this.unit() ** 3 * below);
  }

  /** Log-normal around `median`; `spread` is the standard deviation of the logarithm. */
  logNormal(median, spread) {
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    return median * Math.exp(spread * radius * Math.cos(2 * Math.PI * this.unit()));
  }

  /** `count` random bytes as unpadded base64, in the standard alphabet. */
  base64(count) {
    const bytes = Buffer.allocUnsafe((count + 3) & ~3);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(this.uint32(), at);
    return bytes.toString("base64", 0, count).replace(/=+$/, "");
  }

  letters(count) {
    let text = "";
    for (let i = 0; i < count; i++) text += LETTERS[this.below(LETTERS.length)];
    return text;
  }
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
