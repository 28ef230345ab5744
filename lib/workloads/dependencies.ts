import { Stack } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import {
  checkInsideEnv,
  checkInsideRoutes,
  checkOutsideEnv,
  checkOutsideRoutes,
  type OutsideDependency,
} from '../../lambdas/platform/contract.ts';
import type { Database } from '../constructs/database.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import { apiTimeout, type HttpApi } from '../constructs/http-api.ts';
import { environmentOf } from '../constructs/millrace-stack.ts';
import { QueueHandler } from '../constructs/queue-handler.ts';
import { ScheduledFlow } from '../constructs/scheduled-flow.ts';

export interface DependenciesProps {
  readonly api: HttpApi;
  readonly database: Database;
  readonly raw: Bucket;
  readonly apiToken: ISecret;
}

/** A dependency and what looking at it takes. */
interface Watched extends OutsideDependency {
  readonly action: string;
  readonly arn: string;
}

const impact = 'Nobody can ask which part is missing while something doesn’t work.';

/**
 * Two functions that look at everything the app depends on: no one reaches both sides of the VPC. Queues, state machines
 * and schedules are those of the whole app as it is when this is made: make it last.
 */
export class Dependencies extends Construct {
  constructor(scope: Construct, id: string, props: DependenciesProps) {
    super(scope, id);
    const { api, apiToken } = props;
    const settings = { impact, timeout: apiTimeout, memory: 512, concurrency: 2 };
    const inside = new HandlerFunction(this, 'Inside', {
      ...settings,
      handler: 'platform/check-inside',
      contract: checkInsideEnv,
      env: {
        DATABASE_URL: props.database.url,
        RAW_BUCKET: props.raw.bucketName,
        API_TOKEN_SECRET: apiToken.secretArn,
      },
      database: props.database,
    });
    inside.allow(['s3:ListBucket'], [props.raw.bucketArn]);
    inside.allow(['secretsmanager:DescribeSecret'], [apiToken.secretArn]);

    const watched = this.node.root.node.findAll().flatMap(watchedOf);
    const outside = new HandlerFunction(this, 'Outside', {
      ...settings,
      handler: 'platform/check-outside',
      contract: checkOutsideEnv,
      env: {
        API_TOKEN_SECRET: apiToken.secretArn,
        MAIL_FROM: environmentOf(this).mail.from,
        DEPENDENCIES: Stack.of(this).toJsonString(watched.map(({ action: _action, arn: _arn, ...told }) => told)),
      },
    });
    for (const { action, arn } of watched) outside.allow([action], [arn]);
    // SES knows no resources for this question.
    outside.allow(['ses:GetIdentityVerificationAttributes'], ['*']);

    for (const handler of [inside, outside]) handler.allow(['secretsmanager:GetSecretValue'], [apiToken.secretArn]);
    api.route(checkInsideRoutes, inside);
    api.route(checkOutsideRoutes, outside);
  }
}

function watchedOf(construct: IConstruct): readonly Watched[] {
  if (construct instanceof QueueHandler) {
    const { queue, handler } = construct;
    const told = { kind: 'queue', name: handler.name, id: queue.queueUrl, without: handler.impact } as const;
    return [{ ...told, action: 'sqs:GetQueueAttributes', arn: queue.queueArn }];
  }
  if (construct instanceof ScheduledFlow) {
    const { schedule, name, impact: without } = construct;
    const told = {
      kind: 'schedule',
      name,
      id: `${construct.group.scheduleGroupName}/${schedule.scheduleName}`,
    } as const;
    return [{ ...told, without, action: 'scheduler:GetSchedule', arn: schedule.scheduleArn }];
  }
  if (construct instanceof StateMachine) {
    const name = String(construct.node.scope?.node.id).toLowerCase();
    const told = { kind: 'state machine', name, without: `No run of ${name} starts or goes on.` } as const;
    const arn = construct.stateMachineArn;
    return [{ ...told, id: arn, action: 'states:DescribeStateMachine', arn }];
  }
  return [];
}
