import { TemplateError } from './intrinsics.ts';
import type { ObjectNotificationModel } from './model.ts';

interface Configuration {
  readonly Events?: readonly string[];
  readonly Event?: string;
  readonly Filter?: { readonly Key?: Rules; readonly S3Key?: Rules };
  readonly LambdaFunctionArn?: string;
  readonly Function?: string;
  readonly QueueArn?: string;
  readonly Queue?: string;
}

interface Rules {
  readonly FilterRules?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Rules?: readonly { readonly Name: string; readonly Value: string }[];
}

const kinds = ['LambdaFunctionConfigurations', 'LambdaConfigurations', 'QueueConfigurations'];
const created = 's3:ObjectCreated:*';

/**
 * Whom a bucket tells of its new objects, as the bucket's own property or the CDK's custom resource says it. Throws for
 * topics, and for events other than an object's creation in general: those alone are known here.
 */
export function objectNotifications(
  bucket: string,
  configuration: Readonly<Record<string, unknown>>,
): readonly ObjectNotificationModel[] {
  const strange = Object.keys(configuration).filter((key) => ![...kinds, 'EventBridgeConfiguration'].includes(key));
  if (strange.length > 0)
    throw new TemplateError(
      `${bucket}: a bucket tells functions, queues and EventBridge here, not ${strange.join(', ')}`,
    );
  const all = kinds.flatMap((kind) => (configuration[kind] ?? []) as readonly Configuration[]);
  return all.map(({ Events, Event, Filter, ...target }) => {
    const other = [...(Events ?? []), ...(Event === undefined ? [] : [Event])].find((event) => event !== created);
    if (other !== undefined) throw new TemplateError(`${bucket}: a bucket tells of ${created} here, not of ${other}`);
    const rules = (Filter?.Key ?? Filter?.S3Key)?.FilterRules ?? (Filter?.Key ?? Filter?.S3Key)?.Rules ?? [];
    const filter = (name: string) => rules.find((rule) => rule.Name.toLowerCase() === name)?.Value ?? '';
    const arn = target.LambdaFunctionArn ?? target.Function ?? target.QueueArn ?? target.Queue ?? '';
    return { bucket, target: arn, prefix: filter('prefix'), suffix: filter('suffix') };
  });
}
