const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);

/** One 32-bit half of a print: MurmurHash3 with constants of its own. */
class Half {
  private hash: number;
  private readonly first: number;
  private readonly second: number;

  constructor(seed: number, first: number, second: number) {
    this.hash = seed;
    this.first = first;
    this.second = second;
  }

  add(word: number): void {
    const mixed = Math.imul(rotated(Math.imul(word, this.first), 15), this.second);
    this.hash = Math.imul(rotated(this.hash ^ mixed, 13), 5) + 0xe654_6b64;
  }

  end(): bigint {
    let hash = this.hash;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    return BigInt((hash ^ (hash >>> 16)) >>> 0);
  }
}

/**
 * A 64-bit print of a text and some numbers: equal for equal ones, different for all others in practice; the same on every machine.
 *
 * @param text - any text
 * @param numbers - any float64s; all NaN are one, 0 and -0 are two
 * @returns the print
 */
export function print64(text: string, numbers: readonly number[] = []): bigint {
  const [low, high] = [new Half(0x811c_9dc5, 0xcc9e_2d51, 0x1b87_3593), new Half(0x9e37_79b9, 0x38b3_4ae5, 0xa1e3_8b93)];
  const add = (word: number) => {
    low.add(word);
    high.add(word);
  };
  for (let at = 0; at < text.length; at++) add(text.charCodeAt(at));
  add(text.length);
  for (const number of numbers) {
    double[0] = Number.isNaN(number) ? Number.NaN : number;
    add(words[0] as number);
    add(words[1] as number);
  }
  return (high.end() << 32n) | low.end();
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
