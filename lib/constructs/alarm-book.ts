import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarm, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct, IConstruct } from 'constructs';
import type { EdgeName } from './failure-book.ts';
import { environmentOf } from './millrace-stack.ts';

/** How soon a person should look: high now, medium today, low this week. */
export type Severity = 'low' | 'medium' | 'high';

export interface AlarmEntry {
  /** What went wrong, as a sentence in kebab case: `platform-send-mail-fails`. Alarm name and runbook section. */
  readonly name: string;
  readonly metric: IMetric;
  /** What is lost meanwhile, in the words of the person who reads the alarm. */
  readonly impact: string;
  readonly severity: Severity;
  /** @default 1: the metric counts failures, and one is enough */
  readonly threshold?: number;
  /** @default 1 period */
  readonly evaluationPeriods?: number;
  /** One of many of its kind, which others tell of as well: where few alarms are wanted, it is a name and no alarm. @default false */
  readonly spared?: boolean;
}

/** What a name says, also where no alarm carries it: its section of the runbook, and how soon to look there. */
export interface RatedName {
  readonly name: string;
  readonly severity: Severity;
}

/** One alarm as the inventory and the dashboards see it. */
export interface BookedAlarm extends RatedName {
  readonly alarm: IAlarm;
}

/** Something that fails without an alarm of its own: what a function writes into the failure ledger itself. */
export interface Place {
  /** `platform/slots`: workload and source, as the ledger has them. */
  readonly edge: EdgeName;
  readonly severity: Severity;
  /** The alarm whose section of the runbook says what to do. */
  readonly section: string;
}

/**
 * Every alarm of the app. Each is made beside the resource it watches and says its impact and where the runbook goes
 * on, so nothing can be deployed unwatched. Mails tell of it: platform/raise-alarms reads what it says.
 */
export class AlarmBook {
  readonly #alarms: BookedAlarm[] = [];
  readonly #rated: RatedName[] = [];
  /** In the order of their making. */
  readonly places: Place[] = [];
  static readonly #books = new WeakMap<IConstruct, AlarmBook>();

  /** The book of the app a construct stands in. */
  static of(scope: IConstruct): AlarmBook {
    const book = AlarmBook.#books.get(scope.node.root) ?? new AlarmBook();
    AlarmBook.#books.set(scope.node.root, book);
    return book;
  }

  /** In the order of their making. */
  get alarms(): readonly BookedAlarm[] {
    return this.#alarms;
  }

  /** Alarms, and those that this environment goes without (`standing.alarms`). */
  get rated(): readonly RatedName[] {
    return this.#rated;
  }

  add(scope: Construct, entry: AlarmEntry): void {
    this.#rated.push({ name: entry.name, severity: entry.severity });
    if (entry.spared && environmentOf(scope).standing.alarms === 'few') return;
    const alarmName = `millrace-${environmentOf(scope).name}-${entry.name}`;
    new Alarm(scope, `Alarm-${entry.name}`, {
      alarmName,
      alarmDescription: [entry.impact, `Severity: ${entry.severity}`, `Runbook: docs/runbook.md#${entry.name}`].join(
        '\n',
      ),
      metric: entry.metric,
      threshold: entry.threshold ?? 1,
      evaluationPeriods: entry.evaluationPeriods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No failures, no data points: silence is good news here.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    // By name: a dashboard that holds an alarm of another stack must not tie the two stacks together.
    const alarmArn = Stack.of(scope).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: alarmName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.#alarms.push({
      name: entry.name,
      severity: entry.severity,
      alarm: Alarm.fromAlarmArn(scope, `Booked-${entry.name}`, alarmArn),
    });
  }
}
