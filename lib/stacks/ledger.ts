import type { Construct } from 'constructs';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { FailureIntake } from '../workloads/ledger/failure-intake.ts';
import { Replays } from '../workloads/ledger/replays.ts';
import { Slots } from '../workloads/runs/slots.ts';
import type { DataStack } from './data.ts';

/** Where every asynchronous edge of the stacks before it ends. Made after them: it reads what they have booked. */
export class LedgerStack extends MillraceStack {
  readonly replays: Replays;
  readonly slots: Slots;

  constructor(scope: Construct, environment: Environment, data: DataStack) {
    super(scope, 'Ledger', environment);
    const { database, raw, failures: reports, alerts } = data;
    const { wakes } = alerts;
    // Before the intake, which reads their dead letters, too.
    this.slots = new Slots(this, 'Slots', { database, raw, wakes });
    this.replays = new Replays(this, 'Replays', { database, raw, reports });
    new FailureIntake(this, 'Failures', { database, raw, reports, wakes });
  }
}
