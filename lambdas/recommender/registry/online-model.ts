import { trainers } from '../models/index.ts';
import type { FittedModel, History } from '../models/model.ts';
import type { Candidate } from '../ranking/candidate.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { ModelBook, ModelFiles } from './model-record.ts';

/** The model that is online in a scenario, as serving asks it. */
export interface OnlineModel {
  readonly model_id: string;
  score(history: readonly { readonly item: string; readonly at: Date }[], count: number): readonly Candidate[];
}

/** The file of the model that is online is gone, can't be reached, or is no model of its kind. */
export class UnreadableModelError extends Error {
  override readonly name = 'UnreadableModelError';

  constructor(modelId: string, cause: unknown) {
    super(`The file of model ${modelId} can’t be read`, { cause });
  }
}

export interface OnlinePorts {
  readonly models: Pick<ModelBook, 'online'>;
  readonly files: Pick<ModelFiles, 'read'>;
}

// Each takes 40 MB at most, of a function's 1,769.
const mostLoaded = 8;

/**
 * Asks the registry each time, so that a roll back takes effect in the next answer; the model itself is read once and stays
 * in memory, the most recently used ones. Throws {@link UnreadableModelError}.
 */
export function onlineModels({ models, files }: OnlinePorts): (key: ScenarioKey) => Promise<OnlineModel | undefined> {
  // By the object's key, which begins with tenant and scenario and names one model for ever.
  const loaded = new Map<string, Promise<FittedModel>>();
  return async (key) => {
    const record = await models.online(key);
    if (record === undefined) return undefined;
    const { object_key: name, kind, model_id } = record;
    const known = loaded.get(name) ?? files.read(name).then((bytes) => trainers[kind].fromBytes(bytes));
    loaded.delete(name);
    loaded.set(name, known);
    for (const oldest of loaded.keys()) if (loaded.size > mostLoaded) loaded.delete(oldest);
    // What could not be read is asked for again.
    known.catch(() => loaded.delete(name));
    const model = await known.catch((cause: unknown) => {
      throw new UnreadableModelError(model_id, cause);
    });
    return { model_id, score: (history, count) => candidates(model, history, count) };
  };
}

function candidates(model: FittedModel, deeds: Parameters<OnlineModel['score']>[0], count: number): Candidate[] {
  const history: History = deeds.map(({ item, at }) => ({ item, at: at.getTime() }));
  return model.score(history, count).map(({ item, score, because }) => ({
    item,
    score,
    because,
    reason: because.length === 0 ? `${model.kind} model` : `${model.kind} model: goes with ${because.join(', ')}`,
  }));
}
