import { best } from './linear-model.ts';
import { type Measures, measure } from './measures.ts';
import type { Chance, Interaction } from './model.ts';
import type { TouchTable } from './touch-table.ts';

/** Interactions parted into what is learnt from and what is held out to judge by. */
export interface Cut {
  readonly learnt: readonly Interaction[];
  readonly heldOut: readonly Interaction[];
}

// As the specification has it: 90 learnt from, 10 held out.
const heldOutShare = 0.1;

/** Parts interactions by chance. */
export function cutByChance(interactions: readonly Interaction[], chance: Chance): Cut {
  const learnt: Interaction[] = [];
  const heldOut: Interaction[] = [];
  for (const one of interactions) (chance() < heldOutShare ? heldOut : learnt).push(one);
  return { learnt, heldOut };
}

/** Scores of all items for the row of a user: what fast judging within a training needs of a model. */
export type ScoreRow = (columns: Int32Array, scores: Float32Array, times: Float64Array) => void;

/** Measures what a model proposes to the users of a table whose other touches were held out. */
export function judge(table: TouchTable, heldOut: readonly Interaction[], score: ScoreRow): Measures {
  const places = new Map(table.items.map((item, place) => [item, place]));
  const relevant = Map.groupBy(heldOut, ({ user }) => user);
  const scores = new Float32Array(table.items.length);
  const judged = table.users.flatMap((user, row) => {
    const wanted = relevant.get(user);
    if (wanted === undefined) return [];
    const [from, to] = [table.starts[row], table.starts[row + 1]];
    const columns = table.columns.subarray(from, to);
    scores.fill(0);
    score(columns, scores, table.times.subarray(from, to));
    for (const column of columns) scores[column] = 0;
    const own = new Set<number>(columns);
    const wantedPlaces = wanted.map(({ item }) => places.get(item) ?? -1).filter((place) => !own.has(place));
    return [{ proposed: best(scores, 10), relevant: new Set<number>(wantedPlaces) }];
  });
  return measure(judged, table.items.length);
}

/** A parameter that a search may change: the values it may take, in order. */
export type Grid<P> = { readonly [K in keyof P]?: readonly P[K][] };

/**
 * Goes uphill from `start`: each parameter in turn is moved along its values while that is better. At most `tries` points are
 * looked at, none twice, so that the same rows end at the same parameters on every machine.
 */
export function uphill<P extends object>(start: P, grid: Grid<P>, tries: number, worth: (point: P) => number): P {
  const seen = new Map<string, number>();
  const look = (point: P) => {
    const key = JSON.stringify(point);
    const known = seen.get(key);
    if (known !== undefined) return known;
    if (seen.size >= tries) return Number.NEGATIVE_INFINITY;
    const value = worth(point);
    seen.set(key, value);
    return value;
  };
  let point = start;
  let value = look(start);
  for (let moved = true; moved && seen.size < tries; ) {
    moved = false;
    for (const name of Object.keys(grid) as (keyof P)[]) {
      const values = grid[name] ?? [];
      for (const step of [1, -1]) {
        for (let at = values.indexOf(point[name]) + step; at >= 0 && at < values.length; at += step) {
          const next = { ...point, [name]: values[at] };
          const reached = look(next);
          if (!(reached > value)) break;
          [point, value, moved] = [next, reached, true];
        }
      }
    }
  }
  return point;
}
