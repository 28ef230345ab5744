import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ownMetric } from '../../constructs/own-metric.ts';
import { dashboard } from '../dashboard.ts';
import type { Briefs } from './briefs.ts';

const half = 12;

/** One page on what briefs wait for: calls, answers, articles, files. */
export class BriefsDashboard extends Construct {
  constructor(scope: Construct, id: string, { call, read, store, exports, sweep }: Briefs) {
    super(scope, id);
    const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: half });
    const ours = (name: string) => ownMetric(this, { name, workload: 'briefs' });
    const queues = { calls: call.queue, answers: read.queue, files: exports.queue };
    const handlers = [call, read, store, exports, sweep].map(({ handler }) => handler);
    const waiting = Object.entries(queues).map(([label, queue]) =>
      queue.metricApproximateNumberOfMessagesVisible({ label }),
    );
    const oldest = Object.entries(queues).map(([label, queue]) => queue.metricApproximateAgeOfOldestMessage({ label }));
    dashboard(this, 'Briefs', [
      [graph('Waiting', ...waiting), graph('Oldest of them (s)', ...oldest)],
      [
        graph('Articles: stored, to the ledger', ours('RecordsHandled'), ours('RecordsRejected')),
        graph('Calls that were given back', ours('CallsGivenBack')),
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
