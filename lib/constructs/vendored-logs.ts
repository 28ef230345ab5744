import { Aspects, CfnResource, type IAspect } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { logGroup } from './log-group.ts';

/**
 * Gives the functions that the CDK brings with it (trigger, default security group) log groups that forget; their own
 * would keep everything for ever. `CustomResourceConfig` reaches other kinds of them only.
 */
class VendoredLogs implements IAspect {
  visit(node: IConstruct): void {
    if (!isVendoredFunction(node) || !node.node.scope) return;
    const logs = logGroup(node.node.scope, 'Logs');
    node.addPropertyOverride('LoggingConfig', { LogGroup: logs.logGroupName });
  }
}

/** Our own functions are `CfnFunction`s; those of custom resource providers are plain resources. */
function isVendoredFunction(node: IConstruct): node is CfnResource {
  return (
    CfnResource.isCfnResource(node) &&
    node.cfnResourceType === CfnFunction.CFN_RESOURCE_TYPE_NAME &&
    !(node instanceof CfnFunction)
  );
}

/** Bounds the logs of every function below `scope` that isn't ours. */
export function boundVendoredLogs(scope: IConstruct): void {
  Aspects.of(scope).add(new VendoredLogs());
}
