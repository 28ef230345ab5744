import { Construct } from 'constructs';
import { type QueryTable, queryApiEnv, queryRoutes, queryTablesFile } from '../../lambdas/platform/contract.ts';
import { ApiHandler, type ApiHandlerPlatform } from '../constructs/api/api-handler.ts';
import type { Analytics, TableProps } from '../constructs/tables/analytics.ts';

export interface QueryApiProps {
  readonly platform: ApiHandlerPlatform;
  /** With the tables of all workloads: make this after them. */
  readonly analytics: Analytics;
}

/** The routes of people's own questions about the files, in a work group of their own. */
export class QueryApi extends Construct {
  constructor(scope: Construct, id: string, { platform, analytics }: QueryApiProps) {
    super(scope, id);
    const { tables } = analytics;
    const api = new ApiHandler(this, 'Api', {
      platform,
      handler: 'platform/query-api',
      contract: queryApiEnv,
      routes: queryRoutes,
      env: analytics.env('people'),
      files: { [queryTablesFile]: JSON.stringify(tables.map(tableOf)) },
      impact: 'Nobody can ask a query of their own; Athena’s own console still answers.',
      severity: 'low',
      concurrency: 2,
    });
    analytics.allowAsking(
      api,
      tables.map(({ name }) => name),
      'people',
    );
  }
}

function tableOf({ name, columns, partitions }: TableProps): QueryTable {
  return {
    name,
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
    partitions: Object.entries(partitions).map(([key, partition]) => ({
      name: key,
      required: partition === 'injected',
    })),
  };
}
