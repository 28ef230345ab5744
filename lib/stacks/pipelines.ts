import type { Construct } from 'constructs';
import type { KafkaCluster } from '../constructs/kafka/cluster.ts';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { Exports } from '../workloads/exports.ts';
import { Presale } from '../workloads/presale/presale.ts';
import { Tagger } from '../workloads/tagger/tagger.ts';
import { Files } from '../workloads/tasks/files.ts';
import { Tasks } from '../workloads/tasks/tasks.ts';
import type { DataStack } from './data.ts';

export interface PipelinesStackProps {
  readonly data: DataStack;
  /** Where the environment has brokers. */
  readonly cluster: KafkaCluster | undefined;
}

/** The work itself: functions, state machines, schedules. Holds no data: it can be deleted and made again. */
export class PipelinesStack extends MillraceStack {
  readonly presale: Presale | undefined;

  readonly tagger: Tagger | undefined;
  readonly files: Files;

  readonly tasks: Tasks | undefined;

  constructor(scope: Construct, environment: Environment, { data, cluster }: PipelinesStackProps) {
    super(scope, 'Pipelines', environment);
    const { database, raw, mails, slots, alerts, failures } = data;
    this.files = new Files(this, 'Files', { database, files: data.files });
    new Exports(this, 'Exports', { database, raw });
    this.presale = environment.workloads.presale.enabled
      ? new Presale(this, 'Presale', { database, raw, mails, slots, wakes: alerts.wakes })
      : undefined;
    this.tagger =
      cluster && environment.workloads.tagger.enabled
        ? new Tagger(this, 'Tagger', { cluster, database, raw, failures })
        : undefined;
    this.tasks = environment.workloads.tasks.enabled
      ? new Tasks(this, 'Tasks', {
          database,
          raw,
          files: data.files,
          slots,
          wakes: alerts.wakes,
          capabilities: this.#capabilities(),
        })
      : undefined;
  }

  /** Steps that tasks may ask: those of the workloads that are here. */
  #capabilities() {
    return this.presale ? { 'presale/refresh-statistics': this.presale.steps.refreshStatistics } : {};
  }
}
