import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ownMetric } from '../../constructs/own-metric.ts';
import { dashboard } from '../dashboard.ts';
import type { Tagger } from './tagger.ts';

const half = 12;

/** One page on what the tagger reads, waits for and fails on. */
export class TaggerDashboard extends Construct {
  constructor(scope: Construct, id: string, { tagMessages, fetchPages, tagPages }: Tagger) {
    super(scope, id);
    const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: half });
    const ours = (name: string) => ownMetric(this, { name, workload: 'tagger' });
    const handlers = [tagMessages.handler, fetchPages.handler, tagPages.handler];
    dashboard(this, 'Tagger', [
      [
        graph('Records: handled, to the ledger', ours('RecordsHandled'), ours('RecordsRejected')),
        graph('Partitions that stopped', ours('PartitionsStopped')),
      ],
      [
        graph(
          'Messages that wait for their page, and for their tags',
          fetchPages.queue.metricApproximateNumberOfMessagesVisible({ label: 'page' }),
          tagPages.queue.metricApproximateNumberOfMessagesVisible({ label: 'tags' }),
        ),
        graph(
          'Oldest of them (s)',
          fetchPages.queue.metricApproximateAgeOfOldestMessage({ label: 'page' }),
          tagPages.queue.metricApproximateAgeOfOldestMessage({ label: 'tags' }),
        ),
      ],
      [
        graph('Errors', ...handlers.map((handler) => handler.function.metricErrors({ label: handler.name }))),
        graph(
          'Time (ms, p99)',
          ...handlers.map((handler) => handler.function.metricDuration({ label: handler.name, statistic: 'p99' })),
        ),
      ],
      [graph('Rules refused', ours('RulesRefused'))],
    ]);
  }
}
