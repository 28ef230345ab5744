import { assign, type Variant } from '../experiments/assignment.ts';
import { type ScenarioConfig, scenarioConfig } from '../scenarios/scenario.ts';
import { validateConfig } from '../scenarios/validate.ts';
import type { Configured } from './recommend.ts';

interface Running {
  readonly experiment_id: string;
  readonly variants: readonly (Variant & { readonly config: Readonly<Record<string, unknown>> })[];
}

/**
 * How a scenario recommends to a user while an experiment runs in it: the user's variant changes members of the configuration.
 * Unknown users are not assigned. A variant that would make no valid configuration changes nothing, which its results show.
 */
export function underExperiment(
  config: ScenarioConfig,
  user: string | undefined,
  running: Running | undefined,
): Configured {
  if (!running || user === undefined) return { config, experiment: undefined };
  const { name, config: change } = assign(running, user);
  const read = scenarioConfig.safeParse(merged(config, change));
  const changed = read.success && validateConfig(read.data).valid ? read.data : config;
  return { config: changed, experiment: { experiment_id: running.experiment_id, group: name } };
}

/** Member by member; a list of strategies is replaced as a whole. */
function merged(config: ScenarioConfig, change: Readonly<Record<string, unknown>>): unknown {
  const within = (name: 'rank' | 'rerank' | 'retention') => ({
    ...config[name],
    ...(change[name] as object | undefined),
  });
  return {
    recall: change.recall ?? config.recall,
    rank: within('rank'),
    rerank: within('rerank'),
    // Computed for all of a scenario: no variant has its own.
    similarity: config.similarity,
    retention: within('retention'),
  };
}
