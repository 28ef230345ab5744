/** Who touched what: rows by place, each (user, item) as often as it comes; ids are numbers from 0. */
export interface Touches {
  readonly users: Int32Array;
  readonly items: Int32Array;
  /** How much each says; those of one user and item are added up. @default one for each user and item, however often */
  readonly weights?: Float64Array | undefined;
  readonly userCount: number;
  readonly itemCount: number;
}

/** The items that are like one item, the most similar first. */
export interface Neighbours {
  readonly item: number;
  readonly others: readonly number[];
  readonly scores: readonly number[];
  /** Users who touched both. */
  readonly overlaps: readonly number[];
}

export interface SimilarityLimits {
  /** Only what is above it is kept. */
  readonly above: number;
  readonly best: number;
  /** Who touched more than so many items in the window is a program, and says nothing about taste. */
  readonly mostItemsOfAUser: number;
}

/** As the specification has them; no person looks at 5,000 things within a month. */
export const similarityLimits: SimilarityLimits = { above: 0.1, best: 100, mostItemsOfAUser: 5000 };

/**
 * Cosine of items over the users who touched them: overlap / sqrt(n_a n_b), or with weights the dot product over both
 * lengths. Each pair is found from both sides, so that both have the other among their best.
 */
export function* similarItems(touches: Touches, limits = similarityLimits): Generator<Neighbours> {
  const byUser = distinct(touches, limits.mostItemsOfAUser);
  const byItem = transposed(byUser, touches.itemCount);
  const lengths = lengthsOf(byItem);
  const sums = new Float64Array(touches.itemCount);
  const counts = new Int32Array(touches.itemCount);
  const touched = new Int32Array(touches.itemCount);
  for (let item = 0; item < touches.itemCount; item += 1) {
    const found = addUp(item, { byUser, byItem, sums, counts, touched });
    const neighbours = best(item, { found, touched, sums, counts, lengths }, limits);
    for (let place = 0; place < found; place += 1) {
      const other = touched[place] as number;
      sums[other] = 0;
      counts[other] = 0;
    }
    if (neighbours.others.length > 0) yield neighbours;
  }
}

/** Sparse rows, one behind the other. */
interface Rows {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** One row for each user, without repeats: counting sort by user, then each item once. */
function distinct({ users, items, weights, userCount, itemCount }: Touches, most: number): Rows {
  const begins = startsOf(users, userCount);
  const order = new Int32Array(users.length);
  const next = begins.slice();
  for (let row = 0; row < users.length; row += 1) {
    const user = users[row] as number;
    order[next[user] as number] = row;
    next[user] = (next[user] as number) + 1;
  }
  const starts = new Int32Array(userCount + 1);
  const columns = new Int32Array(users.length);
  const values = new Float64Array(users.length);
  // Where in this user's row an item stands; older users' places are below the row's start.
  const placeOf = new Int32Array(itemCount).fill(-1);
  let end = 0;
  for (let user = 0; user < userCount; user += 1) {
    const start = end;
    for (let at = begins[user] as number; at < (begins[user + 1] as number); at += 1) {
      const row = order[at] as number;
      const item = items[row] as number;
      let place = placeOf[item] as number;
      if (place < start) {
        place = end;
        end += 1;
        placeOf[item] = place;
        columns[place] = item;
        values[place] = weights ? 0 : 1;
      }
      if (weights) values[place] = (values[place] as number) + (weights[row] as number);
    }
    if (end - start > most) {
      for (let place = start; place < end; place += 1) placeOf[columns[place] as number] = -1;
      end = start;
    }
    starts[user + 1] = end;
  }
  return { starts, columns: columns.subarray(0, end), values: values.subarray(0, end) };
}

/** Where the rows of each number begin, when rows stand in the order of their numbers. */
function startsOf(numbers: Int32Array, count: number): Int32Array {
  const starts = new Int32Array(count + 1);
  for (const number of numbers) starts[number + 1] = (starts[number + 1] as number) + 1;
  for (let at = 0; at < count; at += 1) starts[at + 1] = (starts[at + 1] as number) + (starts[at] as number);
  return starts;
}

function transposed({ starts, columns, values }: Rows, count: number): Rows {
  const turned = startsOf(columns, count);
  const next = turned.slice();
  const others = new Int32Array(columns.length);
  const weights = new Float64Array(columns.length);
  for (let row = 0; row + 1 < starts.length; row += 1) {
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at += 1) {
      const column = columns[at] as number;
      const place = next[column] as number;
      next[column] = place + 1;
      others[place] = row;
      weights[place] = values[at] as number;
    }
  }
  return { starts: turned, columns: others, values: weights };
}

/** The square of each row's length; of rows of ones, how many they are. */
function lengthsOf({ starts, values }: Rows): Float64Array {
  const lengths = new Float64Array(starts.length - 1);
  for (let row = 0; row < lengths.length; row += 1) {
    let sum = 0;
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at += 1)
      sum += (values[at] as number) * (values[at] as number);
    lengths[row] = sum;
  }
  return lengths;
}

interface Sums {
  readonly byUser: Rows;
  readonly byItem: Rows;
  readonly sums: Float64Array;
  readonly counts: Int32Array;
  readonly touched: Int32Array;
}

/** Adds every user's other items to this one's sums; resolves to how many items were touched. */
function addUp(item: number, { byUser, byItem, sums, counts, touched }: Sums): number {
  let found = 0;
  for (let at = byItem.starts[item] as number; at < (byItem.starts[item + 1] as number); at += 1) {
    const user = byItem.columns[at] as number;
    const weight = byItem.values[at] as number;
    const end = byUser.starts[user + 1] as number;
    for (let place = byUser.starts[user] as number; place < end; place += 1) {
      const other = byUser.columns[place] as number;
      if (counts[other] === 0) {
        touched[found] = other;
        found += 1;
      }
      counts[other] = (counts[other] as number) + 1;
      sums[other] = (sums[other] as number) + weight * (byUser.values[place] as number);
    }
  }
  return found;
}

interface Found {
  readonly found: number;
  readonly touched: Int32Array;
  readonly sums: Float64Array;
  readonly counts: Int32Array;
  readonly lengths: Float64Array;
}

/** The most similar first; of equals, the one of the lower number. */
function best(item: number, { found, touched, sums, counts, lengths }: Found, limits: SimilarityLimits): Neighbours {
  const kept: { other: number; score: number }[] = [];
  for (let place = 0; place < found; place += 1) {
    const other = touched[place] as number;
    if (other === item) continue;
    const score = (sums[other] as number) / Math.sqrt((lengths[item] as number) * (lengths[other] as number));
    if (score > limits.above) kept.push({ other, score });
  }
  kept.sort((one, two) => two.score - one.score || one.other - two.other);
  const first = kept.slice(0, limits.best);
  return {
    item,
    others: first.map(({ other }) => other),
    scores: first.map(({ score }) => score),
    overlaps: first.map(({ other }) => counts[other] as number),
  };
}
