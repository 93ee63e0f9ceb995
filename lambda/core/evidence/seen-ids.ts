/** 8 MB, whatever comes: copies of an event are delivered near each other, and of a million ids between two the first may be forgotten. */
const PLACES = 1 << 20;

// As whole numbers of 32 bits, with which alone this is quick.
const OFFSET = 0x811c9dc5 | 0;
const PRIME = 0x01000193;
const OTHER_OFFSET = 0x9e3779b9 | 0;
const OTHER_PRIME = 0x85ebca6b | 0;

/** Remembers which ids came before, in an amount of memory that does not grow. What came long before may be taken for new. */
export class SeenIds {
  /** Of the id that came last to each place, 52 bits: two that are not the same have them alike once in four thousand million million. */
  readonly #places = new Float64Array(PLACES);

  /** Was it there? It is from now on. */
  has(id: string): boolean {
    let one = OFFSET;
    let other = OTHER_OFFSET;
    for (let at = 0; at < id.length; at += 1) {
      const code = id.charCodeAt(at);
      one = Math.imul(one ^ code, PRIME);
      other = Math.imul(other ^ code, OTHER_PRIME) ^ (other >>> 13);
    }
    // Never 0, which is a place where nothing came yet.
    const print = (one >>> 0) * PLACES + ((other >>> 12) | 1);
    const place = (one ^ other) & (PLACES - 1);
    if (this.#places[place] === print) return true;
    this.#places[place] = print;
    return false;
  }
}
