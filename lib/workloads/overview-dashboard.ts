import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AlarmBook } from '../constructs/alarm-book.ts';
import { environmentOf } from '../constructs/millrace-stack.ts';
import { metricsNamespace } from '../constructs/own-metric.ts';
import { severities } from '../environment.ts';

export interface OverviewDashboardProps {
  readonly cluster: DatabaseCluster;
  readonly api: HttpApi;
  readonly mails: Queue;
}

const half = 12;
const whole = 24;

// "Dashboard body structure" of CloudWatch's API reference: a dashboard with more in one widget is refused.
const mostAlarms = 100;

/** One page that says whether all is well: every alarm, then functions, API, database, and what the workloads count. */
export class OverviewDashboard extends Construct {
  constructor(scope: Construct, id: string, props: OverviewDashboardProps) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      widgets: [...this.#alarms().map((widget) => [widget]), ...this.#services(props), ...this.#work(props)],
    });
  }

  /** How the functions, the API and the database do. */
  #services({ cluster, api }: OverviewDashboardProps): GraphWidget[][] {
    return [
      [
        graph('Errors by function', this.#everyFunction('Errors', 'Sum')),
        graph('Time by function (ms, p99)', this.#everyFunction('Duration', 'p99')),
      ],
      [
        graph('Throttled invocations by function', this.#everyFunction('Throttles', 'Sum')),
        graph(
          'API: requests and errors',
          api.metricCount({ statistic: 'Sum' }),
          api.metricClientError(),
          api.metricServerError(),
        ),
      ],
      [
        graph('Database: capacity units', cluster.metricServerlessDatabaseCapacity()),
        graph('Database: connections', cluster.metricDatabaseConnections({ statistic: 'Maximum' })),
      ],
    ];
  }

  /** What became of the work. */
  #work({ mails }: OverviewDashboardProps): GraphWidget[][] {
    return [
      [
        graph('Failures: taken into the ledger, by service', this.#ours('FailuresRecorded')),
        graph('Replays: delivered, refused', this.#ours('ReplaysDelivered'), this.#ours('ReplaysRefused')),
      ],
      [
        graph(
          'Messages of queues and topics: handled, failed',
          this.#ours('RecordsHandled'),
          this.#ours('RecordsFailed'),
        ),
        graph(
          'Records that went to the ledger, partitions that stopped',
          this.#ours('RecordsRejected'),
          this.#ours('PartitionsStopped'),
        ),
      ],
      [
        graph('Mails waiting', mails.metricApproximateNumberOfMessagesVisible()),
        graph('Alert mails written', this.#ours('AlertMails')),
      ],
      [
        graph('Slots missed, runs that lost something', this.#ours('SlotsMissed'), this.#ours('ConservationBroken')),
        graph('Rows exported', this.#ours('RowsExported')),
      ],
    ];
  }

  /** Every alarm, the most urgent first, in as many widgets as CloudWatch asks for. */
  #alarms(): AlarmStatusWidget[] {
    return severities.flatMap((severity) => {
      const alarms = AlarmBook.of(this).alarms.flatMap((booked) =>
        booked.severity === severity ? [booked.alarm] : [],
      );
      const widgets = Math.ceil(alarms.length / mostAlarms);
      return Array.from({ length: widgets }, (_, index) => {
        const title = `Alarms: ${severity}${index === 0 ? '' : `, ${index + 1}`}`;
        const shown = alarms.slice(index * mostAlarms, (index + 1) * mostAlarms);
        return new AlarmStatusWidget({ title, alarms: shown, width: whole, height: 6 });
      });
    });
  }

  /** What functions count themselves, each service a line: a new workload shows up by itself. */
  #ours(name: string): MathExpression {
    return search(`{${metricsNamespace(this)},service} MetricName="${name}"`, 'Sum', name);
  }

  /** By search, so that a new function shows up without a line here. */
  #everyFunction(metricName: string, statistic: string): MathExpression {
    const terms = `{AWS/Lambda,FunctionName} MetricName="${metricName}" Millrace ${environmentOf(this).name}`;
    return search(terms, statistic);
  }
}

function graph(title: string, ...left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: half });
}

function search(terms: string, statistic: string, label = ''): MathExpression {
  return new MathExpression({ expression: `SEARCH('${terms}', '${statistic}', 300)`, label, usingMetrics: {} });
}
