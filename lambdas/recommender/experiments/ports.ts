import type { Page, Paging } from '#kit/api/paging.ts';
import type { Experiment, NewExperiment } from './experiment.ts';
import type { VariantFacts } from './results.ts';

/** Experiments of a tenant. */
export interface ExperimentBook {
  /** Throws a ConflictError where the id is taken. */
  add(tenant: string, given: NewExperiment, by: { readonly author: string; readonly now: Date }): Promise<Experiment>;
  /** The newest first. */
  list(
    tenant: string,
    filter: { readonly scenario_id?: string | undefined; readonly state?: Experiment['state'] | undefined },
    paging: Paging,
  ): Promise<Page<Experiment>>;
  /** Throws a NotFoundError. */
  find(tenant: string, id: string): Promise<Experiment>;
  /** The one that runs in a scenario: there is one at most. */
  running(tenant: string, scenario: string): Promise<Experiment | undefined>;
  /** Throws a ConflictError where it is no draft, or another one of its scenario runs. */
  start(tenant: string, id: string, now: Date): Promise<Experiment>;
  /** Throws a ConflictError where it doesn't run. */
  stop(tenant: string, id: string, now: Date): Promise<Experiment>;
  /** What users have done in each variant; behaviour of days before `hotFrom` has left the database. */
  facts(tenant: string, id: string, hotFrom: string): Promise<readonly VariantFacts[]>;
}
