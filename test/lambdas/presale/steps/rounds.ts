import { sql } from 'kysely';
import type { CountyOutcome, RunPlan } from '../../../../lambdas/presale/contract.ts';
import type { CountyLetter } from '../../../../lambdas/presale/publication/counties.ts';
import { checkRun } from '../../../../lambdas/presale/steps/check-run.ts';
import { closeRun } from '../../../../lambdas/presale/steps/close-run.ts';
import { loadCounty } from '../../../../lambdas/presale/steps/load-county.ts';
import { refreshStatistics } from '../../../../lambdas/presale/steps/refresh-statistics.ts';
import { writeReport } from '../../../../lambdas/presale/steps/write-report.ts';
import { driftStore } from '../../../../lambdas/presale/stores/drift-store.ts';
import { countyFailures } from '../../../../lambdas/presale/stores/ledger/county-failures-store.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { newProjectsRefresher } from '../../../../lambdas/presale/stores/new-projects-store.ts';
import { problemReader } from '../../../../lambdas/presale/stores/problem-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import { staleStatistics } from '../../../../lambdas/presale/stores/statistics/stale-statistics-store.ts';
import { statisticsRefresher } from '../../../../lambdas/presale/stores/statistics-store.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import type { TestDatabase } from '../../../support/database.ts';
import { readingApi } from '../api/api.ts';
import { fakeRawFiles } from '../fake-raw-files.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleFile, sampleLine } from '../sample-file.ts';

/** One of the executions of the publication of 2022-09-11. */
export function execution(ordinal: number, counties: readonly CountyLetter[], whole = false): RunPlan {
  return samplePlan({
    run_id: `publication-2022-09-11-${ordinal}`,
    counties: [...counties],
    ...(whole ? { whole } : {}),
  });
}

/** The steps of a run over a database, as the state machine puts them in a row. */
export function stepsOver({ app, admin }: TestDatabase<PresaleTables>) {
  let raw = fakeRawFiles();
  const runs = runStore(app);
  const failures = countyFailures(app);
  const refreshPorts = () => ({
    refresh: statisticsRefresher(app),
    refreshNewProjects: newProjectsRefresher(app),
    stale: staleStatistics(app),
    writeDeals: async () => undefined,
    clock: () => new Date('2022-09-11T02:00:00Z'),
  });

  async function load(plan: RunPlan, county: CountyLetter): Promise<CountyOutcome> {
    const backup = { ...sampleBackup(county), source_key: `presale/raw/${plan.name}/${county}.csv` };
    raw.objects.set(backup.source_key, Buffer.from(sampleFile([sampleLine()])));
    raw.objects.set(`presale/raw/${plan.name}/${county}.json`, Buffer.from('{}'));
    const ports = { raw, load: dealLoader(app, 'raw'), problems: problemReader(app), drift: driftStore(app) };
    return loadCounty({ plan, county, backup }, ports);
  }

  const check = (plan: RunPlan, outcomes: CountyOutcome[], attempt = 1, statistics: string | null = null) =>
    checkRun({ plan, outcomes, attempt, statistics }, { runs, failures, raw });

  return {
    runs,
    refreshPorts,
    load,
    check,
    loseBackup: (county: CountyLetter) => raw.objects.delete(`presale/raw/2022-09-11/${county}.json`),
    refresh: (ports = refreshPorts()) => refreshStatistics({ plan: { counties: [] } }, ports),
    async forgetAll() {
      raw = fakeRawFiles();
      await sql`TRUNCATE presale.deals, presale.runs, presale.stale_statistics, presale.deal_statistics_monthly,
        platform.runs, platform.failures CASCADE`.execute(admin.query);
    },
    /** One round of an execution, of which these counties load and the others fail. */
    async round(plan: RunPlan, loads: readonly CountyLetter[], empty: readonly CountyLetter[] = [], attempt = 1) {
      const outcomes: CountyOutcome[] = [];
      for (const county of plan.counties) {
        if (loads.includes(county)) outcomes.push(await load(plan, county));
        else if (empty.includes(county)) outcomes.push({ county, state: 'empty' });
        else outcomes.push({ county, state: 'failed', error: 'E', reason: `${county} is away` });
      }
      await refreshStatistics({ plan: { counties: [] } }, refreshPorts());
      return check(plan, outcomes, attempt);
    },
    report: (plan: RunPlan) =>
      writeReport(
        { plan, attempt: 1, execution: `arn:aws:states:x:1:execution:run:${plan.run_id}` },
        {
          runs,
          drift: driftStore(app),
          failures,
          wake: async () => undefined,
          bucket: 'raw-bucket',
          api: undefined,
          count: () => undefined,
        },
      ),
    giveUp: (plan: RunPlan, cause: string) => closeRun({ run_id: plan.run_id, plan, attempt: 24, cause }, { runs }),
    /** The run as the API of presale tells it, and as the book of all workloads has it. */
    async told() {
      const path = { publication_date: '2022-09-11' };
      const { body } = await readingApi(app)('GET /presale/runs/{publication_date}', {}, path);
      const { rows } = await sql<{ state: string; rows_in: number; lost: number; detail: { reason?: string } }>`
        SELECT state, rows_in, lost, detail FROM platform.runs WHERE workload = 'presale'`.execute(app.query);
      const { state, reason, counties, results } = body.result as unknown as Record<string, unknown>;
      return { state, reason, counties, results: results as { letter: string }[], book: rows[0] };
    },
    /** The counties that have statistics. */
    async statisticsOf(): Promise<string[]> {
      const { rows } = await sql<{ county: string }>`
        SELECT DISTINCT county FROM presale.deal_statistics_monthly ORDER BY county`.execute(app.query);
      return rows.map(({ county }) => county);
    },
  };
}
