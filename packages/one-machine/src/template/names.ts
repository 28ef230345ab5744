import { createHash } from 'node:crypto';
import type { TemplateResource } from './assembly-files.ts';

/** The account this machine plays. */
export const account = '000000000000';

/**
 * A resource's name for people and commands: its construct path without the stack and CDK's own tail, joined by
 * dashes (`Shop-dev/Orders/Check/Resource` -> `Orders-Check`).
 */
export function nameOf(logicalId: string, resource: TemplateResource): string {
  const constructPath = resource.Metadata?.['aws:cdk:path'];
  if (typeof constructPath !== 'string') return logicalId;
  const [, ...parts] = constructPath.split('/').filter((part) => part !== 'Resource' && part !== 'Default');
  return parts.join('-').replaceAll(/[^\w-]/g, '') || logicalId;
}

/** The same behind the app's name, within the rules of S3: lower case, at most 63 characters. */
export function bucketNameOf(app: string, logicalId: string, resource: TemplateResource): string {
  return `${app}-${nameOf(logicalId, resource)}`.toLowerCase().replaceAll('_', '-').slice(0, 63);
}

const givenNames: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::Athena::WorkGroup': 'Name',
};

/** The name that the template itself gives: those of queues and state machines say something to handlers. */
export function givenNameOf({ Type, Properties }: TemplateResource): string | undefined {
  const name = Properties?.[givenNames[Type] ?? ''];
  return typeof name === 'string' ? name : undefined;
}

/** An event source mapping's id is a UUID, as on AWS; here the same one at each start. */
export function mappingIdOf(logicalId: string, resource: TemplateResource): string {
  const digest = createHash('sha256').update(nameOf(logicalId, resource)).digest('hex');
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}
