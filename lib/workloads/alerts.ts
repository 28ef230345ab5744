import { Duration, Lazy } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { raiseAlarmsEnv, sendAlertsEnv } from '../../lambdas/platform/contract.ts';
import { AlarmBook } from '../constructs/alarm-book.ts';
import type { Database } from '../constructs/database.ts';
import { DeadLetters } from '../constructs/dead-letters.ts';
import { FailureBook } from '../constructs/failure-book.ts';
import type { HandlerFunction } from '../constructs/handler-function.ts';
import { environmentOf } from '../constructs/millrace-stack.ts';
import { QueueHandler } from '../constructs/queue-handler.ts';
import { recipientsOf } from '../environment.ts';

export interface AlertsProps {
  readonly database: Database;
  readonly mails: Queue;
}

/** Tells people: a mailer that sleeps until there is something to tell, and the consumer of CloudWatch's alarms. */
export class Alerts extends Construct {
  /** A function that has written failures or alerts wakes the mailer here. */
  readonly wakes: Queue;
  readonly #mails: Queue;
  readonly #database: Database;

  constructor(scope: Construct, id: string, { database, mails }: AlertsProps) {
    super(scope, id);
    this.#mails = mails;
    this.#database = database;
    this.wakes = this.#mailer();
    this.#hearOfAlarms();
    if (environmentOf(this).standing.alarms === 'few') this.#watchAllFunctions();
  }

  /** In place of an alarm for each function. Without a dimension the metric is that of all functions there are. */
  #watchAllFunctions(): void {
    AlarmBook.of(this).add(this, {
      name: 'platform-functions-fail',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      impact: 'A function of this account and region fails; the overview says which, and the ledger what it failed on.',
      severity: 'medium',
    });
  }

  #mailer(): Queue {
    const { api } = environmentOf(this);
    const mailer = new QueueHandler(this, 'Send', {
      handler: 'platform/send-alerts',
      contract: sendAlertsEnv,
      env: {
        ...this.#toldEnvironment(),
        // Its own queue, which is made after it: a wake that comes too soon goes to sleep again.
        ALERTS_QUEUE_URL: Lazy.string({ produce: () => this.wakes.queueUrl }),
        ALERT_API_URL: api.url ?? '',
        ALERT_EDGES: Lazy.string({ produce: () => this.#edges() }),
      },
      impact: 'Failures are in the ledger and alarms are up, but nobody is told.',
      severity: 'high',
      // A claim of 100,000 failures takes some seconds.
      timeout: Duration.minutes(1),
      // The queue is delayed so that whatever fails within a minute is one mail.
      delay: Duration.minutes(1),
      fifo: true,
      tellsOfOthers: true,
      // Two hours of six minutes' pauses: a database that is away comes back.
      attempts: 20,
      database: this.#database,
    });
    this.#allow(mailer.handler, mailer.queue);
    return mailer.queue;
  }

  #hearOfAlarms(): void {
    const impact = 'An alarm is up in CloudWatch, but nobody is told.';
    const door = new QueueHandler(this, 'Alarms', {
      handler: 'platform/raise-alarms',
      contract: raiseAlarmsEnv,
      env: { ...this.#toldEnvironment(), ALERTS_QUEUE_URL: this.wakes.queueUrl },
      impact,
      severity: 'high',
      timeout: Duration.minutes(1),
      // What goes down together is one mail also when the database is down with it.
      batchSize: 100,
      batchingWindow: Duration.seconds(10),
      tellsOfOthers: true,
      database: this.#database,
    });
    this.#allow(door.handler, this.wakes);
    const undelivered = new DeadLetters(this, 'Undelivered', {
      edge: 'platform/alarms',
      end: 'missed',
      alarm: 'platform-alarms-undelivered',
      impact,
      severity: 'high',
    });
    FailureBook.of(this).deadEnds.push({ edge: 'platform/alarms', deadLetters: undelivered });
    const named = { alarmName: [{ prefix: `millrace-${environmentOf(this).name}-` }] };
    const changes = {
      Raised: { description: 'Alarms that go up', detail: { ...named, state: { value: ['ALARM'] } } },
      // Only from there: a new alarm is OK at once, which is no news.
      Ended: {
        description: 'Alarms that are over',
        detail: { ...named, state: { value: ['OK'] }, previousState: { value: ['ALARM'] } },
      },
    };
    for (const [name, { description, detail }] of Object.entries(changes))
      new Rule(this, name, {
        description: `${description} are told by mail`,
        eventPattern: { source: ['aws.cloudwatch'], detailType: ['CloudWatch Alarm State Change'], detail },
        targets: [new SqsQueue(door.queue, { deadLetterQueue: undelivered })],
      });
  }

  #toldEnvironment() {
    const { name, mail } = environmentOf(this);
    return {
      DATABASE_URL: this.#database.url,
      MAILS_QUEUE_URL: this.#mails.queueUrl,
      ALERT_ENVIRONMENT: name,
      ALERT_RUNBOOK: mail.runbook,
      MAIL_TO_HIGH: recipientsOf(mail, 'high').join(),
      MAIL_TO_MEDIUM: recipientsOf(mail, 'medium').join(),
      MAIL_TO_LOW: recipientsOf(mail, 'low').join(),
    };
  }

  #allow(handler: HandlerFunction, wakes: Queue): void {
    handler.allow(['sqs:SendMessage'], [this.#mails.queueArn, wakes.queueArn]);
  }

  /**
   * Where things fail, how urgent that is, and the section of the runbook where it isn't `<edge>-fails`. Edges are rated
   * by the alarm on their failing. Of the whole app, so as late as can be.
   */
  #edges(): string {
    const { deadEnds, machines } = FailureBook.of(this);
    const { rated: names, places } = AlarmBook.of(this);
    const rated = [...new Set([...deadEnds, ...machines].map(({ edge }) => edge))].flatMap((edge) => {
      const known = names.find(({ name }) => name === `${edge.replace('/', '-')}-fails`);
      return known ? [`${edge}:${known.severity}`] : [];
    });
    const placed = places.map(({ edge, severity, section }) => {
      if (!names.some(({ name }) => name === section)) throw new Error(`${edge}: no alarm is named ${section}`);
      return `${edge}:${severity}:${section}`;
    });
    return [...rated, ...placed].join();
  }
}
