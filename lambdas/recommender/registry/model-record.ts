import type { Measures } from '../models/measures.ts';
import type { FittedModel, ModelKind } from '../models/model.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';

export const modelStates = ['candidate', 'online', 'retired'] as const;
export type ModelState = (typeof modelStates)[number];

/** How a model did, beside the one that it had to beat on the same slice. */
export interface ModelMetrics {
  readonly own: Measures;
  readonly beside: { readonly kind: ModelKind; readonly model_id: string | null; readonly measures: Measures } | null;
}

export interface DataWindow {
  readonly from: string;
  readonly to: string;
}

export interface TrainingCounts {
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  readonly held_out: number;
}

/** A trained model as the registry has it. */
export interface ModelRecord {
  readonly model_id: string;
  readonly scenario_id: string;
  readonly kind: ModelKind;
  readonly parameters: unknown;
  readonly metrics: ModelMetrics;
  readonly data_window: DataWindow;
  readonly counts: TrainingCounts;
  readonly chosen_because: string;
  readonly object_key: string;
  readonly state: ModelState;
  readonly created_at: Date;
  readonly promoted_at: Date | null;
  /** Since then it can't be put online: cleanup has removed its bytes. */
  readonly file_removed_at: Date | null;
}

/** The models of scenarios. */
export interface ModelBook {
  /** Keeps a model; as `online` it takes the place of the one before, and its factors theirs, in one transaction. */
  keep(
    key: ScenarioKey,
    model: Omit<ModelRecord, 'scenario_id' | 'promoted_at' | 'file_removed_at'>,
    fitted: WithFactors,
  ): Promise<void>;
  online(key: ScenarioKey): Promise<ModelRecord | undefined>;
  /** `undefined` where the tenant has no such model. */
  find(tenant: string, modelId: string): Promise<ModelRecord | undefined>;
  /**
   * Puts a model online again or for the first time; the one before is retired, and its factors go. The model is read
   * first: one that can't be read changes nothing. `undefined` where the tenant has none; throws a ConflictError where its
   * file was removed.
   */
  promote(
    tenant: string,
    modelId: string,
    how: { readonly at: Date; readonly read: (model: ModelRecord) => Promise<WithFactors> },
  ): Promise<ModelRecord | undefined>;
}

/** Where the bytes of models are. */
export interface ModelFiles {
  put(objectKey: string, bytes: Uint8Array): Promise<void>;
  read(objectKey: string): Promise<Uint8Array>;
}

/** What of a model others search by: vectors of its items, where it has some. */
export type WithFactors = Pick<FittedModel, 'items' | 'factors'>;

/** Where a model's bytes stand. */
export function modelObjectKey({ tenant, scenario }: ScenarioKey, modelId: string): string {
  return `recommender/models/${encodeURIComponent(tenant)}/${encodeURIComponent(scenario)}/${modelId}.model`;
}
