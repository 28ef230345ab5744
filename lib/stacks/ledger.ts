import type { Construct } from 'constructs';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { FailureIntake } from '../workloads/failure-intake.ts';
import type { DataStack } from './data.ts';

/** Where every asynchronous edge of the stacks before it ends. Made after them: it reads what they have booked. */
export class LedgerStack extends MillraceStack {
  constructor(scope: Construct, environment: Environment, data: DataStack) {
    super(scope, 'Ledger', environment);
    new FailureIntake(this, 'Failures', { database: data.database, raw: data.raw });
  }
}
