import type { BackedUp, RunPlan } from '../../../lambdas/presale/contract.ts';
import type { CountyLetter } from '../../../lambdas/presale/publication/counties.ts';

/** A publication's plan, or a season's when it is named. */
export function samplePlan(changes: Partial<RunPlan> = {}): RunPlan {
  const date = changes.publication_date ?? '2022-09-11';
  return {
    run_id: `publication-${date}`,
    name: date,
    publication_date: date,
    season: null,
    counties: ['F'],
    retry_seconds: 3600,
    max_attempts: 24,
    ...changes,
  };
}

/** A backup of a county, as the fetch hands it on. */
export function sampleBackup(county: CountyLetter = 'F'): BackedUp {
  const sha256 = 'a'.repeat(64);
  return { county, state: 'backed-up', source_key: `presale/raw/x/${county}.csv`, sha256, bytes: 1, fetch_ms: 5 };
}
