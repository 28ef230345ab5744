import { TemplateError } from './intrinsics.ts';
import type { StreamSourceModel } from './model.ts';
import type { ResolvedResource } from './resolved-resource.ts';

interface MappingProperties {
  readonly Topics?: readonly string[];
  readonly EventSourceArn?: string;
  readonly FunctionName: string;
  readonly BatchSize?: number | string;
  readonly MaximumBatchingWindowInSeconds?: number | string;
  readonly MaximumRetryAttempts?: number | string;
  readonly MaximumRecordAgeInSeconds?: number | string;
  readonly BisectBatchOnFunctionError?: boolean;
  readonly FunctionResponseTypes?: readonly string[];
  readonly StartingPosition?: string;
  readonly ProvisionedPollerConfig?: { readonly MaximumPollers?: number | string };
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
}

// Lambda's own window for Kafka where the mapping names none.
const defaultWindowSeconds = 0.5;
// Pollers on demand grow to one for each partition.
const onDemandPollers = 1000;

/** A Kafka event source mapping. Defaults are AWS's own. Throws for what needs pollers kept ready and has none. */
export function streamSource({ properties, logicalId, name }: ResolvedResource): StreamSourceModel {
  const mapping = properties as unknown as MappingProperties;
  const provisioned = mapping.ProvisionedPollerConfig !== undefined;
  const [topic, ...others] = mapping.Topics ?? [];
  if (topic === undefined || others.length > 0) throw new TemplateError(`${logicalId}: a mapping has one topic`);
  const retries = boundOf(mapping.MaximumRetryAttempts);
  const partialAnswers = mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') === true;
  if (!provisioned && (partialAnswers || mapping.BisectBatchOnFunctionError || retries !== undefined))
    throw new TemplateError(`${logicalId}: partial answers, bisecting and retries need provisioned pollers`);
  return {
    id: name,
    // Empty where the brokers are the user's own.
    eventSourceArn: mapping.EventSourceArn ?? '',
    topic,
    functionArn: mapping.FunctionName,
    batchSize: Number(mapping.BatchSize ?? 100),
    windowSeconds: Number(mapping.MaximumBatchingWindowInSeconds ?? defaultWindowSeconds),
    pollers: Number(mapping.ProvisionedPollerConfig?.MaximumPollers ?? (provisioned ? 200 : onDemandPollers)),
    partialAnswers,
    bisects: mapping.BisectBatchOnFunctionError === true,
    retries: retries ?? Number.POSITIVE_INFINITY,
    maximumAgeSeconds: boundOf(mapping.MaximumRecordAgeInSeconds),
    failuresBucket: mapping.DestinationConfig?.OnFailure?.Destination?.replace('arn:aws:s3:::', ''),
    startsAt: mapping.StartingPosition === 'LATEST' ? 'latest' : 'earliest',
  };
}

/** -1 is Lambda's word for no bound. */
function boundOf(value: number | string | undefined): number | undefined {
  return value === undefined || Number(value) < 0 ? undefined : Number(value);
}
