import { Aws, Stack } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import { type EdgeName, edgeResourceName } from '../../lambdas/kit/ledger/edge.ts';
import {
  checkInsideEnv,
  checkInsideRoutes,
  checkOutsideEnv,
  checkOutsideRoutes,
  dependenciesFile,
  type OutsideDependency,
} from '../../lambdas/platform/contract.ts';
import { ApiHandler, type ApiHandlerPlatform } from '../constructs/api/api-handler.ts';
import { FailureBook } from '../constructs/failure-book.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import type { KafkaCluster } from '../constructs/kafka/cluster.ts';
import { environmentOf } from '../constructs/millrace-stack.ts';
import { QueueHandler } from '../constructs/queue-handler.ts';
import { ScheduledFlow } from '../constructs/scheduled-flow.ts';
import { FailureReports } from './ledger/failure-reports.ts';

export interface DependenciesProps {
  readonly platform: ApiHandlerPlatform;
  readonly raw: Bucket;
  readonly users: ISecret;
  /** Where the environment has brokers. */
  readonly cluster: KafkaCluster | undefined;
}

/** A dependency and what looking at it takes. */
interface Watched {
  readonly told: OutsideDependency;
  /** @default none: it is asked without credentials */
  readonly permission?: { readonly actions: readonly string[]; readonly arn: string };
  /** The variable of a site, and its address. */
  readonly site?: readonly [readonly [string, string]];
  /** A schedule's name for people, and its own within its group, which only the account knows. */
  readonly schedule?: readonly [readonly [string, string]];
}

const impact = 'Nobody can ask which part is missing while something doesn’t work.';

/**
 * Two functions that look at everything the app depends on: no one reaches both sides of the VPC. Queues, state machines
 * and schedules are those of the whole app as it is when this is made: make it last.
 */
export class Dependencies extends Construct {
  constructor(scope: Construct, id: string, props: DependenciesProps) {
    super(scope, id);
    const { platform, raw, users, cluster } = props;
    const settings = { platform, impact, memory: 512, concurrency: 2 };
    // The app as it is before these two.
    const watched = this.node.root.node.findAll().flatMap(watchedOf);
    const inside = new ApiHandler(this, 'Inside', {
      ...settings,
      handler: 'platform/check-inside',
      contract: checkInsideEnv,
      routes: checkInsideRoutes,
      env: {
        RAW_BUCKET: raw.bucketName,
        ...(cluster?.env ?? { KAFKA_BROKERS: '', KAFKA_AUTH: 'none', KAFKA_REGION: '' }),
      },
    });
    inside.allow(['s3:ListBucket'], [raw.bucketArn]);
    cluster?.grantConnect(inside);
    inside.allow(['secretsmanager:DescribeSecret'], [users.secretArn]);

    const outside = new ApiHandler(this, 'Outside', {
      ...settings,
      handler: 'platform/check-outside',
      contract: checkOutsideEnv,
      routes: checkOutsideRoutes,
      env: {
        MAIL_FROM: environmentOf(this).mail.from,
        MACHINE_PREFIX: `arn:aws:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:stateMachine:${namePrefix(this)}`,
        SITES: JSON.stringify(Object.fromEntries(watched.flatMap(({ site }) => site ?? []))),
        SCHEDULES: Stack.of(this).toJsonString(Object.fromEntries(watched.flatMap(({ schedule }) => schedule ?? []))),
      },
      files: { [dependenciesFile]: JSON.stringify(watched.map(({ told }) => told)) },
    });
    for (const { permission } of watched) if (permission) outside.allow(permission.actions, [permission.arn]);
    // SES knows no resources for this question.
    outside.allow(['ses:GetIdentityVerificationAttributes'], ['*']);
  }
}

/** Names say the edge: lambdas/kit/ledger/edge.ts. */
function namePrefix(scope: IConstruct): string {
  return `millrace-${environmentOf(scope).name}-`;
}

function watchedOf(construct: IConstruct): readonly Watched[] {
  if (construct instanceof HandlerFunction && construct.site) {
    const { name, variable, url, path, without } = construct.site;
    return [{ told: { kind: 'site', name, without, id: variable, path }, site: [[variable, url]] }];
  }
  if (construct instanceof QueueHandler) {
    const { queue, handler } = construct;
    return [watchedQueue(queue, handler.handler, handler.impact)];
  }
  if (construct instanceof FailureReports) return [watchedQueue(construct.queue, construct.edge, construct.impact)];
  if (construct instanceof ScheduledFlow) {
    const { schedule, name, impact: without } = construct;
    return [
      {
        told: { kind: 'schedule', name, without },
        permission: { actions: ['scheduler:GetSchedule'], arn: schedule.scheduleArn },
        schedule: [[name, schedule.scheduleName]],
      },
    ];
  }
  if (construct instanceof StateMachine) {
    const edge = FailureBook.of(construct).machines.find(({ machine }) => machine === construct)?.edge;
    // A workload's run goes by the workload's name.
    const name = (edge ?? construct.node.id).replace(/\/run$/, '').replace('/', '-');
    const id = edge?.replace('/', '-') ?? construct.node.id;
    const told: OutsideDependency = {
      kind: 'state machine',
      name,
      without: `No run of ${name} starts or goes on.`,
      id,
    };
    return [{ told, permission: { actions: ['states:DescribeStateMachine'], arn: construct.stateMachineArn } }];
  }
  return [];
}

function watchedQueue(queue: Queue, edge: EdgeName, without: string): Watched {
  const id = edgeResourceName({ environment: environmentOf(queue).name, edge, fifo: queue.fifo });
  const told: OutsideDependency = { kind: 'queue', name: edge.replace('/', '-'), without, id };
  return { told, permission: { actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], arn: queue.queueArn } };
}
