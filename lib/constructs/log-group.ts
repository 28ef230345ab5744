import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { environmentOf, removalPolicyOf } from './millrace-stack.ts';

/** A log group that forgets as the environment says: CloudWatch's own default is never. Named only where AWS asks for a name. */
export function logGroup(scope: Construct, id: string, logGroupName?: string): LogGroup {
  return new LogGroup(scope, id, {
    ...(logGroupName === undefined ? {} : { logGroupName }),
    retention: environmentOf(scope).logRetentionDays,
    removalPolicy: removalPolicyOf(scope),
  });
}
