import type { CfnResource } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import type { EnvOf } from '../../../lambdas/kit/env.ts';
import { noRoom as plain } from '../../../lambdas/platform/contract.ts';
import { allowObjects, type ObjectAccess } from '../../permissions/bucket-access.ts';
import type { Database } from '../database.ts';
import { HandlerFunction, type HandlerFunctionProps } from '../handler-function.ts';
import type { Callers } from './callers.ts';
import { apiTimeout, type HttpApi } from './http-api.ts';

/** What every function that answers HTTP needs of the stacks. */
export interface ApiHandlerPlatform {
  readonly api: HttpApi;
  readonly callers: Callers;
  readonly database: Database;
}

/** Where the template of a function says what is answered while every place of it is taken. */
const noRoomMetadata = 'one-machine:no-room';

/** Variables that the platform knows the values of. */
type KnownVariables = Callers['env'] & Callers['askingEnv'] & { readonly DATABASE_URL: string };

export interface ApiHandlerProps<E extends z.ZodObject>
  extends Pick<
    HandlerFunctionProps<E>,
    'handler' | 'contract' | 'impact' | 'severity' | 'concurrency' | 'memory' | 'files' | 'brokers'
  > {
  readonly platform: ApiHandlerPlatform;
  /** The contract's own keys of its routes. */
  readonly routes: readonly string[];
  /** What the contract asks for beside the database and the callers. */
  readonly env: Omit<EnvOf<E>, keyof KnownVariables | 'CALLER_INSTANCES'>;
  /** What its callers hear while every place is taken, in the words of its routes. @default platform's */
  readonly noRoom?: () => object;
  /** Queues that it puts messages into. @default none */
  readonly sends?: readonly Queue[];
  /** Objects that it reads or writes. @default none */
  readonly objects?: ObjectAccess & { readonly bucket: Bucket };
}

/**
 * The function that answers some routes. Its contract decides where it stands and what it may: one that declares the
 * database signs in to it and stands in the VPC, one that declares the users may read them, one that declares the
 * admission asks another function, as it must without a database.
 */
export class ApiHandler<E extends z.ZodObject = z.ZodObject> extends HandlerFunction<E> {
  constructor(
    scope: Construct,
    id: string,
    { platform, routes, sends = [], objects, noRoom = plain, ...props }: ApiHandlerProps<E>,
  ) {
    const { api, callers, database } = platform;
    const declares = (variable: keyof KnownVariables) => variable in props.contract.shape;
    const known: KnownVariables = { ...callers.env, ...callers.askingEnv, DATABASE_URL: database.url };
    const asked = Object.entries(known).filter(([variable]) => variable in props.contract.shape);
    super(scope, id, {
      ...props,
      // The rest of the contract is in `env`, as its type says.
      env: { ...Object.fromEntries(asked), ...props.env } as EnvOf<E>,
      timeout: apiTimeout,
      ...(declares('DATABASE_URL') ? { database } : {}),
    });
    if (declares('ADMISSION_FUNCTION')) callers.allowAsking(this);
    else if (declares('USERS_SECRET')) callers.allow(this);
    if (sends.length > 0)
      this.allow(
        ['sqs:SendMessage'],
        sends.map(({ queueArn }) => queueArn),
      );
    if (objects) allowObjects(this, objects.bucket, objects);
    // Lambda's refusal is in no function's hands: whatever stands before the functions finds the words here.
    // As text: a template may hold no null, and a body may.
    (this.function.node.defaultChild as CfnResource).addMetadata(noRoomMetadata, JSON.stringify(noRoom()));
    api.route(routes, this, { open: !declares('USERS_SECRET') });
  }
}
