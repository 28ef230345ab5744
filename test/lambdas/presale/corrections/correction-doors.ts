import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { z } from 'zod';
import type { Database } from '../../../../lambdas/adapters/database.ts';
import { apiHandler } from '../../../../lambdas/kit/api-handler.ts';
import { correctApi } from '../../../../lambdas/presale/corrections/correct-problem.ts';
import { loadCorrections } from '../../../../lambdas/presale/corrections/load-corrections.ts';
import { loadCounty } from '../../../../lambdas/presale/steps/load-county.ts';
import { correctionStore } from '../../../../lambdas/presale/stores/correction-store.ts';
import { driftStore } from '../../../../lambdas/presale/stores/drift-store.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { problemReader } from '../../../../lambdas/presale/stores/problem-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { asOperator } from '../../../support/lambda.ts';
import { fakeRawFiles } from '../fake-raw-files.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleFile } from '../sample-file.ts';

export type Row = Record<string, unknown>;
export type Cells = Record<string, string>;

/** A load of one county of 2022-09-11, and the ways in which its problem rows are corrected. */
export function correctionDoors(app: Database<PresaleTables>) {
  const raw = fakeRawFiles();
  const ports = () => ({ raw, corrections: correctionStore(app, 'raw'), problems: problemReader(app) });
  let version = 0;
  return {
    async load(lines: readonly string[], file: Uint8Array = sampleFile(lines)) {
      const plan = samplePlan();
      await runStore(app).begin(plan);
      const backup = sampleBackup();
      raw.objects.set(backup.source_key, Buffer.from(file));
      const loading = { raw, load: dealLoader(app, 'raw'), problems: problemReader(app), drift: driftStore(app) };
      return loadCounty({ plan, county: 'F', backup }, loading);
    },
    /** `PUT /presale/problems/{id}`, as API Gateway calls it. */
    async put(cells: Cells, id = 1): Promise<Row> {
      const handler = apiHandler({ env: z.object({}), authenticate: asOperator, services: ports, routes: correctApi });
      const event = {
        routeKey: 'PUT /presale/problems/{id}',
        headers: {},
        pathParameters: { id: String(id) },
        body: JSON.stringify({ cells, who: 'Mei' }),
        requestContext: { requestId: 'r', http: { method: 'PUT' } },
      };
      const answer = await handler(event as unknown as APIGatewayProxyEventV2, { functionName: 'c' } as Context);
      const body = JSON.parse(String(answer.body));
      return { status: answer.statusCode, ...body, ...body.result };
    },
    /** A corrected file, or a row that the ledger replays, comes to its door. */
    drop(rows: readonly Row[], key = 'presale/corrected/2022-09-11/F.json') {
      raw.objects.set(key, Buffer.from(JSON.stringify(rows)));
      const never = (failure: unknown) => Promise.reject(new Error(`refused: ${JSON.stringify(failure)}`));
      version += 1;
      const object = { key, etag: String(version) };
      return loadCorrections(
        { detail: { object } },
        { ...ports(), bucket: 'raw', replayedBy: async () => undefined, record: never },
      );
    },
    /** The problem rows as a person finds them in the bucket. */
    told: (): Row[] => JSON.parse(String(raw.objects.get('presale/problems/2022-09-11/F.json'))),
  };
}
