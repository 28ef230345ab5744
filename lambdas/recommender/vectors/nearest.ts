/** Vectors of one length, one behind the other, by the items they belong to. */
export class VectorTable {
  readonly #places = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #length: number;
  #numbers = new Float32Array(0);

  constructor(length: number) {
    this.#length = length;
  }

  get size(): number {
    return this.#ids.length;
  }

  /** Puts an item's vector in the place of its older one. */
  set(id: string, vector: Float32Array): void {
    const place = this.#places.get(id) ?? this.#ids.length;
    if (place === this.#ids.length) {
      this.#ids.push(id);
      this.#places.set(id, place);
      this.#grow();
    }
    this.#numbers.set(vector, place * this.#length);
  }

  /** The items whose vectors point most in its direction, nearest first, but not itself: an exact look at all of them. */
  nearest(vector: Float32Array, { count, above, not }: Wanted): readonly Near[] {
    const found: Near[] = [];
    let least = above;
    for (let place = 0; place < this.#ids.length; place += 1) {
      const score = this.#dot(vector, place * this.#length);
      const id = this.#ids[place] as string;
      if (score <= least || id === not) continue;
      found.push({ id, score });
      // Sorting now and then is cheaper than keeping an order.
      if (found.length < 4 * count) continue;
      found.sort(byScore);
      found.length = count;
      least = found[count - 1]?.score ?? above;
    }
    return found.sort(byScore).slice(0, count);
  }

  #dot(vector: Float32Array, from: number): number {
    const numbers = this.#numbers;
    let [a, b, c, d] = [0, 0, 0, 0];
    const whole = this.#length - (this.#length % 4);
    for (let at = 0; at < whole; at += 4) {
      a += (vector[at] as number) * (numbers[from + at] as number);
      b += (vector[at + 1] as number) * (numbers[from + at + 1] as number);
      c += (vector[at + 2] as number) * (numbers[from + at + 2] as number);
      d += (vector[at + 3] as number) * (numbers[from + at + 3] as number);
    }
    for (let at = whole; at < this.#length; at += 1) a += (vector[at] as number) * (numbers[from + at] as number);
    return a + b + c + d;
  }

  #grow(): void {
    const needed = this.#ids.length * this.#length;
    if (needed <= this.#numbers.length) return;
    const larger = new Float32Array(Math.max(needed, 2 * this.#numbers.length));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

export interface Wanted {
  readonly count: number;
  /** Only what is above it. */
  readonly above: number;
  readonly not: string;
}

export interface Near {
  readonly id: string;
  readonly score: number;
}

// Ties are broken by id, so that the order is always the same.
const byScore = (a: Near, b: Near) => b.score - a.score || (a.id < b.id ? -1 : 1);
