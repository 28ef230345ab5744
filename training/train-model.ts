import { segment } from '#language/segmenter.ts';
import { featureSet } from '../lambdas/tagger/model/features.ts';
import { encodeModel, type ModelHeader } from '../lambdas/tagger/model/model-file.ts';
import { readText } from '../lambdas/tagger/model/read-text.ts';
import { readModel } from '../lambdas/tagger/model/topic-model.ts';
import { bestTemperature } from './calibrate.ts';
import { fitWeights } from './fit-weights.ts';
import { measure } from './measure.ts';
import { pack, packRarity } from './pack.ts';
import { seededRandom, shuffled } from './random.ts';
import type { Row } from './rows.ts';
import { bucketBits, readCorpus } from './vocabulary.ts';

export interface TrainingOptions {
  readonly seed: number;
  readonly members: number;
  /** Features kept; seven bytes each for ten labels. */
  readonly entries: number;
  readonly trainedAt: Date;
  /** In the order that their numbers have; else those of the rows, sorted. */
  readonly labels?: readonly string[];
  /** Rows that tell the accuracy; without them the held-out tenth does. */
  readonly dev?: readonly Row[];
}

const epochs = 2;

/**
 * Trains a model and returns its file. A tenth of the rows is held out once, by a model of its own, to calibrate the
 * probabilities; the model itself learns from all rows. The same rows, seed and date give the same bytes.
 */
export function trainModel(rows: readonly Row[], options: TrainingOptions): Buffer {
  const { seed, members, dev } = options;
  const labels = [...(options.labels ?? new Set(rows.map(({ label }) => label)).values().toArray().sort())];
  const corpus = readCorpus(rows, labels);
  const rarity = packRarity(rows.map(({ text }) => readText(text, segment).words));
  const order = shuffled(rows.length, seededRandom(seed));
  const tenth = Math.max(1, Math.floor(rows.length / 10));
  const about = { labelCount: labels.length, epochs, members, seed };

  const fileOf = (trainedOn: Int32Array, said: Pick<ModelHeader, 'temperature' | 'accuracy'>) => {
    const tables = pack(corpus, fitWeights(corpus, { ...about, rows: trainedOn }), {
      labelCount: labels.length,
      entries: options.entries,
    });
    const header: ModelHeader = {
      labels,
      featureSet,
      bucketBits,
      entries: tables.fingerprints.length,
      ...said,
      trainedAt: options.trainedAt.toISOString(),
      rows: rows.length,
      seed,
      members,
    };
    return { header, tables: { ...tables, rarity } };
  };

  const unknown = { temperature: 1, accuracy: { value: 0, on: 'held-out', rows: 0 } } as const;
  const part = fileOf(order.subarray(tenth), unknown);
  const heldOut = Array.from(order.subarray(0, tenth), (at) => rows[at]).filter((row) => row !== undefined);
  const partModel = readModel(encodeModel(part.header, part.tables));
  const temperature = bestTemperature(partModel, heldOut);

  const whole = fileOf(order, unknown);
  const model = readModel(encodeModel({ ...whole.header, temperature }, whole.tables));
  const judged = dev === undefined ? measure(partModel, heldOut) : measure(model, dev);
  const accuracy = { value: judged.accuracy, on: dev === undefined ? 'held-out' : 'dev', rows: judged.rows } as const;
  return encodeModel({ ...whole.header, temperature, accuracy }, whole.tables);
}
