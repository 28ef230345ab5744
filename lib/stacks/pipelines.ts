import type { Construct } from 'constructs';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { Exports } from '../workloads/exports.ts';
import { Presale } from '../workloads/presale.ts';
import type { DataStack } from './data.ts';

/** The work itself: functions, state machines, schedules. Holds no data: it can be deleted and made again. */
export class PipelinesStack extends MillraceStack {
  readonly presale: Presale | undefined;

  constructor(scope: Construct, environment: Environment, data: DataStack) {
    super(scope, 'Pipelines', environment);
    const { database, raw, mails, slots, alerts } = data;
    new Exports(this, 'Exports', { database, raw });
    this.presale = environment.workloads.presale.enabled
      ? new Presale(this, 'Presale', { database, raw, mails, slots, wakes: alerts.wakes })
      : undefined;
  }
}
