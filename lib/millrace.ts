import { App, Validations } from 'aws-cdk-lib';
import { boundVendoredLogs } from './constructs/vendored-logs.ts';
import { type Environment, environmentNamed, withEverything } from './environment.ts';
import { ApiStack } from './stacks/api.ts';
import { DataStack } from './stacks/data.ts';
import { LedgerStack } from './stacks/ledger.ts';
import { NetworkStack } from './stacks/network.ts';
import { OperationsStack } from './stacks/operations.ts';
import { addPipelines } from './stacks/pipelines.ts';
import { StreamingStack } from './stacks/streaming.ts';
import { begin } from './workloads/index.ts';
import type { WorkloadInApp } from './workloads/workload.ts';

export interface MillraceProps {
  /**
   * cdk.json's context; `environment` in it, or from the CDK CLI, names the environment, dev if nothing does. With
   * `standing=everything` it goes without nothing that costs while it stands idle.
   */
  readonly context: Record<string, unknown>;
  /** @default the one that the context names */
  readonly environment?: Environment;
  /**
   * CloudFormation's validator and cdk-nag, with every finding an error. Without them, and without the traces that
   * tell where a finding comes from, synthesis takes half the time: enough for a template that is only read.
   */
  readonly validate: boolean;
  /** @default where the CDK CLI says (CDK_OUTDIR) */
  readonly outdir?: string;
}

/** The whole app of one environment, not yet synthesized. */
export async function makeApp({ context, validate, outdir, ...given }: MillraceProps): Promise<App> {
  const app = new App({
    context,
    builtinCloudFormationValidation: validate,
    stackTraces: validate,
    ...(outdir === undefined ? {} : { outdir }),
  });
  if (validate) await addNag(app);
  const environment = given.environment ?? named(app);

  const workloads = begin(environment);
  const network = new NetworkStack(app, environment);
  const data = new DataStack(app, environment, { network, workloads });
  const cluster = addStreaming(app, environment, { network, workloads })?.cluster;
  addPipelines(app, environment, { ...data.platform, cluster, workloads });
  const ledger = new LedgerStack(app, environment, data);
  const api = new ApiStack(app, environment, { data, ledger, cluster, workloads });
  new OperationsStack(app, environment, { data, api, workloads });
  boundVendoredLogs(app);
  return app;
}

function named(app: App): Environment {
  const environment = environmentNamed(String(app.node.tryGetContext('environment') ?? 'dev'));
  return app.node.tryGetContext('standing') === 'everything' ? withEverything(environment) : environment;
}

/** The brokers, where the environment has some: CloudFormation takes no empty stack. */
function addStreaming(
  app: App,
  environment: Environment,
  { network, workloads }: { readonly network: NetworkStack; readonly workloads: readonly WorkloadInApp[] },
): StreamingStack | undefined {
  if (environment.broker === 'none') return undefined;
  const topics = workloads.flatMap((workload) => workload.topics);
  return new StreamingStack(app, environment, { network, kind: environment.broker, topics });
}

/** Loaded only when used: its rules take half a second. */
async function addNag(app: App): Promise<void> {
  const { AwsSolutionsChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
