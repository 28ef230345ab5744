import type { Environment } from '../environment.ts';
import { briefs } from './briefs/index.ts';
import { presale } from './presale/index.ts';
import { recommender } from './recommender/index.ts';
import { tagger } from './tagger/index.ts';
import { tasks } from './tasks/index.ts';
import type { Workload, WorkloadInApp } from './workload.ts';

/** Every workload, one line each. The stacks ask this list; tasks come last, for they may ask steps of those before them. */
export const workloads: readonly Workload[] = [presale, tagger, briefs, recommender, tasks];

/** The workloads that an environment has, begun for one app. */
export function begin(environment: Environment): readonly WorkloadInApp[] {
  return workloads.filter(({ present }) => present(environment)).map((workload) => workload.begin(environment));
}
