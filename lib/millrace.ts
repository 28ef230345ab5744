import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { environmentNamed } from './environment.ts';
import { ApiStack } from './stacks/api.ts';
import { DataStack } from './stacks/data.ts';
import { NetworkStack } from './stacks/network.ts';
import { OperationsStack } from './stacks/operations.ts';
import { PipelinesStack } from './stacks/pipelines.ts';

const cloudFormationRules = '@aws-cdk/core:validateAgainstDefaultRules';

/**
 * The whole app. Context: `environment` (default dev), and `validate=false`, which leaves out CloudFormation's validator
 * and cdk-nag where a template is only read (the local runtime).
 */
export async function makeApp(props: AppProps): Promise<App> {
  const app = new App(props);
  const environment = environmentNamed(String(app.node.tryGetContext('environment') ?? 'dev'));
  if (String(app.node.tryGetContext('validate')) === 'false') app.node.setContext(cloudFormationRules, false);
  else await addNag(app);

  const network = new NetworkStack(app, environment);
  const data = new DataStack(app, environment, network);
  // The streaming stack comes with the broker (environment.broker): CloudFormation takes no empty stack.
  const pipelines = new PipelinesStack(app, environment, data);
  const api = new ApiStack(app, environment, data, pipelines);
  new OperationsStack(app, environment, data, pipelines, api);
  return app;
}

/** Loaded only when used: its rules take half a second. */
async function addNag(app: App): Promise<void> {
  const { AwsSolutionsChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
