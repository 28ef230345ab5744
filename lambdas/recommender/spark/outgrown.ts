import * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import { readJsonAs } from '#kit/text/json.ts';
import { factorModel } from '../models/factor-model.ts';
import type { FittedModel, Interaction, ItemContent, ModelKind } from '../models/model.ts';
import type { ModelBook, ModelRecord } from '../registry/model-record.ts';
import { slice } from '../registry/slice.ts';
import { keepMeasured, type Trained, type TrainPorts, windowOf } from '../registry/train-scenario.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import { type Pair, sparkParameters } from './job.ts';

export interface SparkFiles {
  write(run: string, pairs: AsyncIterable<readonly Pair[]>): Promise<void>;
  /** The lines that the job has written. */
  factors(run: string): AsyncIterable<string>;
  remove(run: string): Promise<void>;
}

export interface OutgrownRows {
  /** How many acts the window has. */
  count(key: ScenarioKey, from: Date, to: Date): Promise<number>;
  /** What users touched, a user's items together. */
  touched(key: ScenarioKey, from: Date, to: Date): AsyncIterable<readonly UserItems[]>;
  /** Interactions of one user in so many. */
  sample(key: ScenarioKey, from: Date, to: Date, oneOf: number): Promise<Interaction[]>;
  items(key: ScenarioKey): Promise<ItemContent[]>;
}

export interface UserItems {
  readonly user: string;
  readonly items: readonly string[];
}

export interface OutgrownPorts extends TrainPorts {
  readonly models: TrainPorts['models'] & Pick<ModelBook, 'find'>;
  readonly outgrown: OutgrownRows;
  readonly spark: SparkFiles;
  /** More acts than that, and factors are solved by Spark. */
  readonly sparkAbove: number;
}

/**
 * Hands a scenario over whose acts are too many for a function: what may be learnt from goes into a file, which has numbers
 * in place of users' names. Resolves to the run, or to nothing where a function is enough.
 */
export async function handOver(
  key: ScenarioKey,
  at: Date,
  wanted: ModelKind | undefined,
  { outgrown, spark, sparkAbove, newId }: OutgrownPorts,
): Promise<string | undefined> {
  if (wanted !== undefined && wanted !== 'ials') return undefined;
  const { from, to } = windowOf(at);
  if ((await outgrown.count(key, from, to)) <= sparkAbove) return undefined;
  const run = newId();
  await spark.write(run, learntPairs(outgrown.touched(key, from, to)));
  return run;
}

/** Without the slice that no model learns from. */
async function* learntPairs(batches: AsyncIterable<readonly UserItems[]>): AsyncGenerator<readonly Pair[]> {
  let number = 0;
  for await (const batch of batches) {
    yield batch.flatMap(({ user, items }) => {
      number += 1;
      return slice(items.map((item) => ({ user, item }))).learnt.map(({ item }): Pair => [number, item]);
    });
  }
}

// As many as are read in seconds; the measures of more differ in their third digit.
const measuredActs = 200_000;

/**
 * Takes a job's factors as a model: measured, kept, and put online by the gate of all. The model has the run's id: who asks
 * again, because the answer got lost, gets what was made, and its files go only then.
 */
export async function adoptModel(key: ScenarioKey, at: Date, run: string, ports: OutgrownPorts): Promise<Trained> {
  const known = await ports.models.find(key.tenant, run);
  const trained = known ? madeBefore(known) : await measuredModel(key, at, run, ports);
  await ports.spark.remove(run);
  return trained;
}

function madeBefore({ model_id, state, chosen_because }: ModelRecord): Trained {
  return { state: state === 'candidate' ? state : 'online', model_id, because: chosen_because };
}

async function measuredModel(key: ScenarioKey, at: Date, run: string, ports: OutgrownPorts): Promise<Trained> {
  const { outgrown, spark, sparkAbove } = ports;
  const { from, to } = windowOf(at);
  const [acts, items] = [await outgrown.count(key, from, to), await outgrown.items(key)];
  const model = await modelOf(spark.factors(run));
  const sample = await outgrown.sample(key, from, to, Math.max(1, Math.ceil(acts / measuredActs)));
  const data = { ...slice(sample), items };
  const because = `ials: ${acts} acts are above the ${sparkAbove} of a function, its factors are Spark’s`;
  const made = {
    kind: 'ials',
    model,
    parameters: sparkParameters,
    data,
    itemCount: model.items.length,
    because,
  } as const;
  return keepMeasured(key, at, made, { ...ports, newId: () => run });
}

const line = z.tuple([z.string(), z.array(z.number()).length(sparkParameters.width)]);

async function modelOf(lines: AsyncIterable<string>): Promise<FittedModel> {
  const { width, unobserved, lambda } = sparkParameters;
  const found = (await Array.fromAsync(lines, (text) => readJsonAs(line, text, 'A line of factors'))).sort(
    ([one], [other]) => (one < other ? -1 : 1),
  );
  if (found.length === 0) throw new PermanentError('The job on Spark has left no factors');
  const factors = new Float32Array(found.length * width);
  for (const [place, [, values]] of found.entries()) factors.set(values, place * width);
  return factorModel({ items: found.map(([item]) => item), factors, width, unobserved, lambda });
}
