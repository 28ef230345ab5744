/** How good lists are against what users did touch, averaged over users who touched something. */
export interface Measures {
  readonly ndcg: number;
  /** Divided by the number of relevant items. */
  readonly map: number;
  readonly precision: number;
  readonly recall: number;
  /** The share of all items that stand in some list. */
  readonly coverage: number;
  readonly users: number;
}

/** Lists of proposals beside what was relevant, by user. */
export interface Judged {
  readonly proposed: readonly (string | number)[];
  readonly relevant: ReadonlySet<string | number>;
}

/** Measures over the first `depth` of each list. */
export function measure(judged: readonly Judged[], itemCount: number, depth = 10): Measures {
  const counted = judged.filter(({ relevant }) => relevant.size > 0);
  const sums = { ndcg: 0, map: 0, precision: 0, recall: 0 };
  const shown = new Set<string | number>();
  for (const { proposed, relevant } of counted) {
    const one = measureOne(proposed.slice(0, depth), relevant, depth);
    for (const name of ['ndcg', 'map', 'precision', 'recall'] as const) sums[name] += one[name];
    for (const item of proposed.slice(0, depth)) shown.add(item);
  }
  const users = counted.length;
  const mean = (sum: number) => (users === 0 ? 0 : sum / users);
  return {
    ndcg: mean(sums.ndcg),
    map: mean(sums.map),
    precision: mean(sums.precision),
    recall: mean(sums.recall),
    coverage: itemCount === 0 ? 0 : shown.size / itemCount,
    users,
  };
}

function measureOne(list: readonly (string | number)[], relevant: ReadonlySet<string | number>, depth: number) {
  let [gain, ideal, hits, precisions] = [0, 0, 0, 0];
  for (let rank = 0; rank < depth; rank += 1) {
    const discount = 1 / Math.log2(rank + 2);
    if (rank < relevant.size) ideal += discount;
    if (rank >= list.length || !relevant.has(list[rank] as string | number)) continue;
    hits += 1;
    gain += discount;
    precisions += hits / (rank + 1);
  }
  return { ndcg: gain / ideal, map: precisions / relevant.size, precision: hits / depth, recall: hits / relevant.size };
}
