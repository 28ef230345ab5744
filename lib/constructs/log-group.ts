import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { environmentOf, removalPolicyOf } from './millrace-stack.ts';

/** A log group that forgets as the environment says: CloudWatch's own default is never. */
export function logGroup(scope: Construct, id: string): LogGroup {
  return new LogGroup(scope, id, {
    retention: environmentOf(scope).logRetentionDays,
    removalPolicy: removalPolicyOf(scope),
  });
}
