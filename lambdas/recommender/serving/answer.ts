import type { AskingContext, Filters } from '../ranking/question.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';

/** One item of an answer, as it is kept: `slot` counts from 1 over all pages. */
export interface AnsweredItem {
  readonly item_id: string;
  readonly score: number;
  readonly strategy: string;
  readonly slot: number;
  readonly reason: string;
}

/** Which variant of which experiment an answer was made under. */
export interface ExperimentGroup {
  readonly experiment_id: string;
  readonly group: string;
}

/** What the question was: the next page is asked with the same. */
export interface AskedContext {
  readonly filters: Omit<Filters, 'published_after'> & { readonly published_after?: string | undefined };
  readonly asked: AskingContext;
}

export interface KeptAnswer {
  readonly key: ScenarioKey;
  readonly user: string | undefined;
  readonly request_id: string;
  readonly asked_at: Date;
  readonly model_id: string | undefined;
  readonly experiment: ExperimentGroup | undefined;
  readonly items: readonly AnsweredItem[];
  readonly context: AskedContext;
}

/** An answer as it is found again. */
export interface Answered {
  readonly scenario_id: string;
  /** Empty for an unknown user. */
  readonly user_id: string;
  readonly items: readonly AnsweredItem[];
  readonly context: AskedContext;
  readonly experiment_id: string | null;
  readonly experiment_group: string | null;
}
