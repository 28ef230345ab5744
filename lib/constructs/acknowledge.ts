import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Accepts findings of cdk-nag or of CloudFormation's validator at one resource. Ids are as exact as the rule allows:
 * `AwsSolutions-IAM5[Resource::*]`, never the whole rule where one finding is meant.
 */
export function acknowledge(scope: IConstruct, reason: string, ...ids: readonly string[]): void {
  for (const id of ids) Validations.of(scope).acknowledge({ id, reason });
}
