import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkCountsEnv, checkCountsImpact as impact } from '../../../lambdas/tagger/contract.ts';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { ownMetric } from '../../constructs/own-metric.ts';
import { ScheduledFlow } from '../../constructs/scheduled-flow.ts';
import { servicesVariable } from './settings.ts';

/** Holds what came in against what went out, waits and failed, as often as slots are kept: each look wakes the database. */
export class CountCheck extends Construct {
  constructor(scope: Construct, id: string, database: Database) {
    super(scope, id);
    const start = new HandlerFunction(this, 'CheckCounts', {
      handler: 'tagger/check-counts',
      contract: checkCountsEnv,
      env: { ...servicesVariable(this), DATABASE_URL: database.url },
      impact,
      severity: 'low',
      // It looks twice, a minute apart, where something seems to be missing.
      timeout: Duration.minutes(3),
      concurrency: 1,
      asynchronous: true,
      database,
    });
    new ScheduledFlow(this, 'Schedule', {
      task: { at: environmentOf(this).slots.keepEvery, timeZone: 'Etc/UTC', impact },
      start,
      enabled: true,
    });
    AlarmBook.of(this).add(this, {
      name: 'tagger-messages-unaccounted',
      metric: ownMetric(this, { name: 'MessagesUnaccounted', workload: 'tagger' }),
      impact:
        'Messages came in and are neither published, nor waiting for their page, nor in the ledger: they are lost.',
      severity: 'high',
    });
  }
}
