import { chanceFrom } from '../models/chance.ts';
import { trainers } from '../models/index.ts';
import { type Measures, measure } from '../models/measures.ts';
import type { FittedModel, Interaction, ItemContent, ModelKind } from '../models/model.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import { chooseKind } from './choose-kind.ts';
import { passesGate } from './gate.ts';
import { type ModelBook, type ModelFiles, type ModelMetrics, modelObjectKey } from './model-record.ts';
import { slice } from './slice.ts';

/** What models are trained on. */
export interface TrainingRows {
  interactions(key: ScenarioKey, from: Date, to: Date): Promise<Interaction[]>;
  items(key: ScenarioKey): Promise<ItemContent[]>;
}

export interface TrainPorts {
  readonly rows: TrainingRows;
  readonly models: Pick<ModelBook, 'keep' | 'online'>;
  readonly files: ModelFiles;
  readonly newId: () => string;
}

/** What came of a training; nothing is kept where nothing could be judged. */
export interface Trained {
  readonly state: 'online' | 'candidate' | 'too-little';
  readonly model_id?: string;
  readonly because: string;
}

// As long as behaviour stays hot, and tastes of a month ago still say something.
const windowDays = 30;
const dayMs = 86_400_000;

/**
 * Trains a scenario's model on what users did, measures it on the slice that no model ever learnt from, and puts it online
 * unless it is worse there than what is online (or, while nothing is, than what most users touched).
 */
export async function trainScenario(
  key: ScenarioKey,
  at: Date,
  ports: TrainPorts,
  wanted?: ModelKind,
): Promise<Trained> {
  const { from, to } = windowOf(at);
  const [all, items] = await Promise.all([ports.rows.interactions(key, from, to), ports.rows.items(key)]);
  const { learnt, heldOut } = slice(all);
  if (learnt.length === 0 || heldOut.length === 0) {
    return { state: 'too-little', because: `${all.length} interactions leave nothing to learn from or to judge by` };
  }
  const itemCount = new Set([...items.map(({ item }) => item), ...learnt.map(({ item }) => item)]).size;
  const chosen = chooseKind({ items: itemCount, interactions: learnt.length });
  const kind = wanted ?? chosen.kind;
  const { model, parameters } = fitted(kind, learnt, items);
  const because = `${kind}: ${wanted === undefined ? chosen.because : 'asked for'}`;
  const data = { learnt, heldOut, items };
  return keepMeasured(key, at, { kind, model, parameters, data, itemCount, because }, ports);
}

/** What a training looks at. */
export function windowOf(at: Date): { readonly from: Date; readonly to: Date } {
  return { from: new Date(at.getTime() - windowDays * dayMs), to: at };
}

/** A fitted model before it is measured. */
export interface Made {
  readonly kind: ModelKind;
  readonly model: FittedModel;
  readonly parameters: unknown;
  readonly data: Data;
  readonly itemCount: number;
  /** Why this kind. */
  readonly because: string;
}

/** Measures a model on the slice, keeps it, and puts it online where the gate lets it. */
export async function keepMeasured(key: ScenarioKey, at: Date, made: Made, ports: TrainPorts): Promise<Trained> {
  const { kind, model, parameters, data, itemCount } = made;
  const metrics = await measured(key, model, data, ports);
  const passes = metrics.beside === null || passesGate(metrics.own, metrics.beside.measures);
  const because = `${made.because}; ${verdict(metrics, passes)}`;
  const state = passes ? 'online' : 'candidate';
  const model_id = ports.newId();
  const object_key = modelObjectKey(key, model_id);
  // The object first: what the registry names is there.
  await ports.files.put(object_key, model.toBytes());
  const { from, to } = windowOf(at);
  const data_window = { from: from.toISOString(), to: to.toISOString() };
  const counts = countsOf(data, itemCount);
  const kept = { model_id, kind, parameters, metrics, data_window, counts, object_key, state } as const;
  await ports.models.keep(key, { ...kept, chosen_because: because, created_at: at }, model);
  return { state, model_id, because };
}

function countsOf({ learnt, heldOut }: Data, itemCount: number) {
  const users = new Set(learnt.map(({ user }) => user)).size;
  return { users, items: itemCount, interactions: learnt.length, held_out: heldOut.length };
}

// Of the cuts by which parameters are chosen: the same rows give the same model.
const seed = 1;

function fitted(kind: ModelKind, learnt: readonly Interaction[], items: readonly ItemContent[]) {
  const trainer = trainers[kind];
  const parameters = trainer.tune(learnt, items, chanceFrom(seed));
  // As it will be read: what was lost in keeping it is measured too.
  return { parameters, model: trainer.fromBytes(trainer.fit(learnt, items, parameters).toBytes()) };
}

interface Data {
  readonly learnt: readonly Interaction[];
  readonly heldOut: readonly Interaction[];
  readonly items: readonly ItemContent[];
}

async function measured(key: ScenarioKey, model: FittedModel, data: Data, ports: TrainPorts): Promise<ModelMetrics> {
  const own = measuresOf(model, data);
  const online = await ports.models.online(key);
  if (online !== undefined) {
    const before = trainers[online.kind].fromBytes(await ports.files.read(online.object_key));
    return { own, beside: { kind: online.kind, model_id: online.model_id, measures: measuresOf(before, data) } };
  }
  if (model.kind === 'popular') return { own, beside: null };
  const { model: floor } = fitted('popular', data.learnt, data.items);
  return { own, beside: { kind: 'popular', model_id: null, measures: measuresOf(floor, data) } };
}

function measuresOf(model: FittedModel, { learnt, heldOut }: Data): Measures {
  const histories = Map.groupBy(learnt, ({ user }) => user);
  const judged = [...Map.groupBy(heldOut, ({ user }) => user)].map(([user, rows]) => ({
    proposed: model.score(histories.get(user) ?? [], 10).map(({ item }) => item),
    relevant: new Set(rows.map(({ item }) => item)),
  }));
  return measure(judged, model.items.length);
}

function verdict({ own, beside }: ModelMetrics, passes: boolean): string {
  if (beside === null) return 'nothing was online before';
  const before = `${beside.kind}${beside.model_id === null ? '' : ' online'}`;
  const figures = `nDCG ${own.ndcg.toFixed(4)} beside ${beside.measures.ndcg.toFixed(4)} of ${before}`;
  return `${passes ? 'promoted' : 'not promoted'}, ${figures} on the same slice`;
}
