import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ownMetric } from '../../constructs/own-metric.ts';
import { dashboard } from '../dashboard.ts';
import type { Tasks } from './tasks.ts';

const half = 12;

/** One page on how tasks come, wait and end. */
export class TasksDashboard extends Construct {
  constructor(scope: Construct, id: string, { worker, longWorker, callbacks, turns, sweep }: Tasks) {
    super(scope, id);
    const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: half });
    const ours = (name: string) => ownMetric(this, { name, workload: 'tasks' });
    const handlers = [worker.handler, longWorker.handler, callbacks.handler, sweep.handler];
    dashboard(this, 'Tasks', [
      [
        graph('Ended well, tried again, failed', ours('TasksSucceeded'), ours('TasksRetried'), ours('TasksFailed')),
        graph('Sent again by the sweep', ours('TasksSentAgain')),
      ],
      [
        graph(
          'Tasks that wait',
          worker.queue.metricApproximateNumberOfMessagesVisible({ label: 'short' }),
          longWorker.queue.metricApproximateNumberOfMessagesVisible({ label: 'long' }),
        ),
        graph(
          'Oldest of them (s)',
          worker.queue.metricApproximateAgeOfOldestMessage({ label: 'short' }),
          longWorker.queue.metricApproximateAgeOfOldestMessage({ label: 'long' }),
        ),
      ],
      [
        graph('Long tasks begun', turns.machine.metricStarted()),
        graph('Callbacks that wait', callbacks.queue.metricApproximateNumberOfMessagesVisible()),
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
