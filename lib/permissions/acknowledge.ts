import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Accepts findings of cdk-nag or of CloudFormation's validator at one resource. Ids are as exact as the rule allows:
 * `AwsSolutions-IAM5[Resource::*]`, never the whole rule where one finding is meant.
 */
export function acknowledge(scope: IConstruct, reason: string, ...ids: readonly string[]): void {
  for (const id of ids) Validations.of(scope).acknowledge({ id, reason });
}

/**
 * Accepts these resources with a wildcard in a policy below `scope`, each by its exact finding. The finding names the
 * resource as it stands in the template, which is known only after references between stacks are resolved: hence in
 * a validation, the first hook after that.
 */
export function acknowledgeWildcards(scope: IConstruct, reason: string, resources: readonly string[]): void {
  scope.node.addValidation({
    validate: () => {
      for (const resource of resources)
        acknowledge(scope, reason, `AwsSolutions-IAM5[Resource::${asFinding(Stack.of(scope).resolve(resource))}]`);
      return [];
    },
  });
}

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly 'Fn::Join'?: readonly [delimiter: string, parts: readonly unknown[]];
}

/** The way cdk-nag writes a resolved value: `<Bucket.Arn>/raw/*`. */
function asFinding(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: reference, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Intrinsic;
  if (reference !== undefined) return `<${reference}>`;
  if (attribute) return `<${attribute.join('.')}>`;
  if (join) return join[1].map(asFinding).join(join[0]);
  return JSON.stringify(value);
}
