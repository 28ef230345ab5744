import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Database } from '../constructs/database.ts';
import { MillraceStack, removalPolicyOf } from '../constructs/millrace-stack.ts';
import { RawBucket } from '../constructs/raw-bucket.ts';
import { Analytics } from '../constructs/tables/analytics.ts';
import type { Environment } from '../environment.ts';
import { acknowledge } from '../permissions/acknowledge.ts';
import { Alerts } from '../workloads/alerts.ts';
import { FailureReports } from '../workloads/ledger/failure-reports.ts';
import { Mails } from '../workloads/mails.ts';
import { Migrations } from '../workloads/migrations.ts';
import { SlotRecords } from '../workloads/runs/slot-records.ts';
import type { DataPlatform, WorkloadInApp } from '../workloads/workload.ts';
import type { NetworkStack } from './network.ts';

export interface DataStackProps {
  readonly network: NetworkStack;
  readonly workloads: readonly WorkloadInApp[];
}

/** What must outlive a deployment: database, raw files, secrets, and mails on their way. */
export class DataStack extends MillraceStack {
  readonly database: Database;
  readonly raw: Bucket;
  readonly accessLogs: Bucket;
  readonly analytics: Analytics;
  /** Who may call the API. */
  readonly users: Secret;
  readonly mails: Queue;
  readonly alerts: Alerts;
  /** Where scheduled handlers tell of the slots they have started. */
  readonly slots: Queue;
  /** Where functions tell what they failed on. */
  readonly failures: Queue;

  constructor(scope: Construct, environment: Environment, { network, workloads }: DataStackProps) {
    super(scope, 'Data', environment);
    const raw = new RawBucket(this, 'Raw', { lifecycle: workloads.flatMap(({ lifecycle }) => lifecycle) });
    this.raw = raw.bucket;
    this.accessLogs = raw.accessLogs;
    this.analytics = new Analytics(this, 'Analytics', { bucket: this.raw });
    this.database = new Database(this, 'Database', {
      vpc: network.vpc,
      subnets: network.subnets,
      clients: network.functions,
    });
    new Migrations(this, 'Migrations', this.database);
    this.failures = new FailureReports(this, 'FailureReports').queue;
    this.mails = new Mails(this, 'Mails', this.raw).queue;
    this.slots = new SlotRecords(this, 'SlotRecords', this.database).queue;
    this.alerts = new Alerts(this, 'Alerts', { database: this.database, mails: this.mails });
    this.users = new Secret(this, 'Users', {
      description: 'Who may call the API; edited by npm run users',
      // The first user, who is there with the stack; the command makes a list of it.
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ name: 'admin', permissions: ['admin'] }),
        generateStringKey: 'password',
        passwordLength: 48,
        excludePunctuation: true,
      },
      removalPolicy: removalPolicyOf(this),
    });
    acknowledge(
      this.users,
      'Its users hold the passwords: a new one is a person’s step, not a timer’s.',
      'AwsSolutions-SMG4',
    );
    for (const workload of workloads) workload.data(this, this.platform);
  }

  /** What every workload may use of it. */
  get platform(): DataPlatform {
    const { database, raw, accessLogs, analytics, mails, alerts, slots, failures } = this;
    return { database, raw, accessLogs, analytics, mails, wakes: alerts.wakes, slots, failures };
  }
}
