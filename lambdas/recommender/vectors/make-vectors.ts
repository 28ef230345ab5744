import type { Near } from './nearest.ts';
import { type Embed, type ItemText, unit } from './text-vector.ts';

export interface ScenarioKey {
  readonly tenant_id: string;
  readonly scenario_id: string;
}

/** An item whose content has no vector yet. */
export interface DueItem extends ItemText {
  readonly item_id: string;
  readonly content_hash: string;
  /** What its sender has computed. */
  readonly embedding: readonly number[] | null;
}

export interface MadeVector {
  readonly item_id: string;
  readonly content_hash: string;
  readonly vector: Float32Array;
}

export interface Neighborhood {
  readonly item_id: string;
  readonly near: readonly Near[];
}

/** The vectors of scenarios, and the search for the nearest: exact, or by an index of the database. */
export interface VectorStore {
  due(scenario: ScenarioKey, most: number): Promise<readonly DueItem[]>;
  /** Keeps them; what is nearest is asked for afterwards. */
  keep(scenario: ScenarioKey, vectors: readonly MadeVector[]): Promise<void>;
  nearest(
    scenario: ScenarioKey,
    vectors: readonly MadeVector[],
    wanted: NearestWanted,
  ): Promise<readonly Neighborhood[]>;
  /** Both directions; only now an item is no longer due. */
  keepNeighbors(scenario: ScenarioKey, made: readonly MadeVector[], found: readonly Neighborhood[]): Promise<void>;
}

export interface NearestWanted {
  readonly count: number;
  readonly above: number;
}

export interface MakePorts {
  readonly store: VectorStore;
  readonly embed: Embed;
  /** Batches of a turn, which must end within its function's time. @default 10 */
  readonly batches?: number;
  /** Asks for another turn for what is left. */
  readonly wake: (scenarios: readonly ScenarioKey[]) => Promise<void>;
}

/** As many neighbours as a page of similar items has twice over; weaker ones are noise of the hash. */
const neighborsWanted: NearestWanted = { count: 50, above: 0.1 };

// A batch is stored at once, and a turn of hashed words ends well before its function's two minutes do.
const batchItems = 500;
const batchesOfATurn = 10;

/** Makes the vectors and neighbours that a scenario's items lack. Resolves to how many. */
export async function makeVectors(scenario: ScenarioKey, ports: MakePorts): Promise<number> {
  const { store, embed, wake, batches = batchesOfATurn } = ports;
  let made = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const due = await store.due(scenario, batchItems);
    if (due.length === 0) return made;
    const vectors = await vectorsOf(due, embed);
    await store.keep(scenario, vectors);
    await store.keepNeighbors(scenario, vectors, await store.nearest(scenario, vectors, neighborsWanted));
    made += due.length;
    if (due.length < batchItems) return made;
  }
  await wake([scenario]);
  return made;
}

async function vectorsOf(due: readonly DueItem[], embed: Embed): Promise<readonly MadeVector[]> {
  const texts = due.filter(({ embedding }) => embedding === null);
  const embedded = new Map((await embed(texts)).map((vector, index) => [texts[index]?.item_id, vector]));
  return due.map(({ item_id, content_hash, embedding }) => ({
    item_id,
    content_hash,
    vector: embedding === null ? (embedded.get(item_id) as Float32Array) : unit(Float32Array.from(embedding)),
  }));
}
