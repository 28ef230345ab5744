import { cpSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AssetHashType, CfnResource, DockerImage, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type FunctionOptions,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { EnvOf } from '../../lambdas/kit/env.ts';
import { acknowledge } from '../permissions/acknowledge.ts';
import { allowNetworkInterfaces } from '../permissions/network-interfaces.ts';
import { AlarmBook, type Severity } from './alarm-book.ts';
import type { Database } from './database.ts';
import { DeadLetters } from './dead-letters.ts';
import { type EdgeName, FailureBook } from './failure-book.ts';
import { logGroup } from './log-group.ts';
import { environmentOf } from './millrace-stack.ts';
import { metricsNamespace } from './own-metric.ts';

/** What stands in the VPC and says how functions get there. */
export interface Placed {
  readonly placement: Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>;
}

/** A site that isn't ours. */
export interface Site {
  /** For people. */
  readonly name: string;
  /** Which variable of the function has its address. */
  readonly variable: string;
  readonly url: string;
  /** The page of it that is asked for first. */
  readonly path: `/${string}`;
  /** What waits while it is away, as a sentence. */
  readonly without: string;
}

export interface HandlerFunctionProps<E extends z.ZodObject> {
  /** `platform/send-mail` is `send-mail.handler.ts` in a folder of `lambdas/platform`, here `mails`. */
  readonly handler: EdgeName;
  /** The handler's own schema: it decides which keys `env` must have. CALLER_INSTANCES is the concurrency, always. */
  readonly contract: E;
  readonly env: Omit<EnvOf<E>, 'CALLER_INSTANCES'>;
  /** What is lost while this fails, in the words of the person who will read the alarm. */
  readonly impact: string;
  /** @default medium */
  readonly severity?: Severity;
  /** Invocations at once; a share of the account's limit, and for database users a share of its connections. */
  readonly concurrency: number;
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** Megabytes; processor time comes in proportion. @default 512 */
  readonly memory?: number;
  /** Puts the function into the VPC and lets it sign in as the application's user. @default outside */
  readonly database?: Database;
  /** Puts the function into the VPC, where it reaches the brokers; what it may do there its grants say. @default outside */
  readonly brokers?: Placed;
  /** Invoked asynchronously: failures go to dead letters. @default false */
  readonly asynchronous?: boolean;
  /** Texts that stand beside its code, by name: variables have 4 KB together. They hold nothing that only an account knows. */
  readonly files?: Readonly<Record<string, string>>;
  /** A site of others that it asks: a look at all dependencies names it while it doesn't answer. */
  readonly site?: Site;
  /** It tells people what happens to all others: it has an alarm where few are wanted, too. @default false */
  readonly tellsOfOthers?: boolean;
  /** Sends work to itself, which Lambda takes for a mistake after 16 rounds. @default false */
  readonly recursive?: boolean;
}

const bundles = 'build/handlers';

/** Stands in a template that can't be deployed. */
const notBundled = '// Only names were asked for.';

/** CloudFormation refuses a template with a type that it doesn't know, before it changes anything. */
const undeployable = 'Millrace::NoCode::OnlyNamesWereAskedFor';

/** One handler as a Lambda function with the house's settings, a role of its own, a log group and an alarm. */
export class HandlerFunction<E extends z.ZodObject = z.ZodObject> extends Construct {
  readonly function: LambdaFunction;
  /** `platform/send-mail`. */
  readonly handler: EdgeName;
  /** `platform-send-mail`: what alarms and dead letters are named for. */
  readonly name: string;
  readonly impact: string;
  readonly severity: Severity;
  readonly timeout: Duration;
  readonly concurrency: number;
  readonly site: Site | undefined;
  /** Events that failed for good; only where `asynchronous`. */
  readonly deadLetters: DeadLetters | undefined;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps<E>) {
    super(scope, id);
    this.handler = props.handler;
    this.name = props.handler.replace('/', '-');
    this.impact = props.impact;
    this.severity = props.severity ?? 'medium';
    this.timeout = props.timeout ?? Duration.seconds(30);
    this.concurrency = props.concurrency;
    this.site = props.site;
    this.deadLetters = props.asynchronous ? this.#makeDeadLetters() : undefined;
    this.function = this.#makeFunction(props);
    if (this.deadLetters) {
      FailureBook.of(this).deadEnds.push({ edge: props.handler, deadLetters: this.deadLetters });
      FailureBook.of(this).functions.push(this.function);
    }
    props.database?.grantSignIn(this.function);
    AlarmBook.of(this).add(this, {
      name: `${this.name}-fails`,
      metric: this.function.metricErrors({ period: Duration.minutes(1), statistic: 'Sum' }),
      impact: this.impact,
      severity: this.severity,
      spared: !props.tellsOfOthers,
    });
  }

  #makeFunction(props: HandlerFunctionProps<E>): LambdaFunction {
    const logs = logGroup(this, 'Logs');
    const placement = (props.database ?? props.brokers)?.placement;
    const role = this.#makeRole(placement !== undefined);
    logs.grantWrite(role);
    return new LambdaFunction(this, 'Function', {
      description: props.handler,
      code: this.#bundlesNothing ? this.#noCode() : bundleOf(props.handler, props.files),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memory ?? 512,
      timeout: this.timeout,
      reservedConcurrentExecutions: props.concurrency,
      environment: { ...this.#houseEnvironment(props), ...definedOnly(props.env) },
      role,
      logGroup: logs,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      ...(props.recursive ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      ...(placement ? { ...placement, ipv6AllowedForDualStack: this.#leavesByIpv6 } : {}),
      ...(this.deadLetters ? { onFailure: new SqsDestination(this.deadLetters), retryAttempts: 2 } : {}),
    });
  }

  /** `cdk ls` and `cdk destroy` ask for names alone, which take a second where no code is read. */
  get #bundlesNothing(): boolean {
    const stacks: unknown = this.node.tryGetContext(BUNDLING_STACKS);
    return Array.isArray(stacks) && stacks.length === 0;
  }

  /** The CDK asks for no code by `cdk deploy --all --exclusively` either: functions must not end up without it. */
  #noCode(): Code {
    const stack = Stack.of(this);
    if (!stack.node.tryFindChild('NoCode')) new CfnResource(stack, 'NoCode', { type: undeployable });
    return Code.fromInline(notBundled);
  }

  get #leavesByIpv6(): boolean {
    return environmentOf(this).standing.wayOut === 'ipv6';
  }

  #houseEnvironment(props: HandlerFunctionProps<E>): Record<string, string> {
    const { handler, database, brokers, contract, concurrency } = props;
    // Without it, each first connection would wait for the addresses that lead nowhere.
    const ipv6First = (database ?? brokers) && this.#leavesByIpv6 ? ' --dns-result-order=ipv6first' : '';
    return {
      POWERTOOLS_SERVICE_NAME: handler.split('/')[0] ?? handler,
      POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(this),
      POWERTOOLS_LOG_LEVEL: environmentOf(this).logLevel,
      NODE_OPTIONS: `--enable-source-maps${ipv6First}`,
      // Lambda's own file of authorities knows those of RDS; Node's built-in list does not.
      ...('CALLER_INSTANCES' in contract.shape ? { CALLER_INSTANCES: String(concurrency) } : {}),
      ...(database ? { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } : {}),
    };
  }

  #makeRole(inVpc: boolean): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    acknowledge(
      role,
      'X-Ray knows no resources: its two write actions are granted on all or not at all.',
      'AwsSolutions-IAM5[Resource::*]',
    );
    if (inVpc) allowNetworkInterfaces(role);
    return role;
  }

  #makeDeadLetters(): DeadLetters {
    return new DeadLetters(this, 'DeadLetters', {
      edge: this.handler,
      end: 'failed',
      alarm: `${this.name}-dead-letters`,
      impact: this.impact,
      severity: this.severity,
    });
  }

  /** Adds one statement to the function's own role. */
  allow(actions: readonly string[], resources: readonly string[]): void {
    this.function.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }
}

function bundleOf(handler: string, files: HandlerFunctionProps<z.ZodObject>['files']): Code {
  const folder = `${bundles}/${handler}`;
  if (!existsSync(folder)) throw new Error(`${folder} isn't there; run: node bin/bundle.ts`);
  if (files === undefined) return Code.fromAsset(folder);
  return Code.fromAsset(folder, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: { image: noImage, local: { tryBundle: (output) => addFiles(folder, files, output) } },
  });
}

/** The CDK wants an image to bundle with where it can't be done here; it always can. */
const noImage = DockerImage.fromRegistry('none');

function addFiles(folder: string, files: Readonly<Record<string, string>>, output: string): boolean {
  cpSync(folder, output, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(output, name), text);
  return true;
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
