import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ownMetric } from '../../constructs/own-metric.ts';
import { dashboard } from '../dashboard.ts';
import type { Recommender } from './recommender.ts';

const half = 12;

export interface RecommenderDashboardProps {
  readonly recommender: Recommender;
  /** Runs the schedules' work. */
  readonly machine: StateMachine;
}

/** One page on what comes in, what waits and what is computed. */
export class RecommenderDashboard extends Construct {
  constructor(scope: Construct, id: string, { recommender, machine }: RecommenderDashboardProps) {
    super(scope, id);
    const { items, behavior, vectors, files } = recommender;
    const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: half });
    const ours = (name: string) => ownMetric(this, { name, workload: 'recommender' });
    const queues = Object.entries({ vectors: vectors.queue, files: files.queue });
    const handlers = [items, behavior, vectors, files].map(({ handler }) => handler);
    dashboard(this, 'Recommender', [
      [
        graph('Records: stored, to the ledger', ours('RecordsHandled'), ours('RecordsRejected')),
        graph('Waiting', ...queues.map(([label, queue]) => queue.metricApproximateNumberOfMessagesVisible({ label }))),
      ],
      [
        graph('Schedules: started, failed', machine.metricStarted(), machine.metricFailed()),
        graph('Schedules’ work (ms, p99)', machine.metricTime({ statistic: 'p99' })),
      ],
      [
        graph('Errors', ...handlers.map((handler) => handler.function.metricErrors({ label: handler.name }))),
        graph(
          'Time (ms, p99)',
          ...handlers.map((handler) => handler.function.metricDuration({ label: handler.name, statistic: 'p99' })),
        ),
      ],
    ]);
  }
}
