import { Construct } from 'constructs';
import { readingLimits } from '../../../lambdas/pages/contract.ts';
import * as contract from '../../../lambdas/tagger/contract.ts';
import { ApiHandler } from '../../constructs/api/api-handler.ts';
import { apiTimeout } from '../../constructs/api/http-api.ts';
import type { KafkaCluster } from '../../constructs/kafka/cluster.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { allowObject } from '../../permissions/bucket-access.ts';
import type { ApiPlatform } from '../workload.ts';
import { pageVariables, rulesVariable, servicesVariable } from './settings.ts';

export interface TaggerApiProps {
  readonly platform: ApiPlatform;
  readonly cluster: KafkaCluster;
}

// The answer must be out before API Gateway hangs up: the page is fetched, read, and tagged by then.
const longestFetchMs = apiTimeout.toMilliseconds() - readingLimits.clockMs - 5000;

/** The tagger's routes: how its services do and what failed, inside of the VPC; a text to try, outside. */
export class TaggerApi extends Construct {
  constructor(scope: Construct, id: string, { platform, cluster }: TaggerApiProps) {
    super(scope, id);
    const { services } = environmentOf(this).workloads.tagger;
    const read = new ApiHandler(this, 'Read', {
      platform,
      handler: 'tagger/api',
      contract: contract.taggerApiEnv,
      routes: contract.taggerRoutes,
      env: { ...cluster.env, ...servicesVariable(this) },
      impact: 'Nobody can ask how far the tagger is and what it failed on.',
      concurrency: 2,
    });
    cluster.grantDescribe(
      read,
      services.map((service) => service.in),
    );
    const { raw } = platform;
    const attempt = new ApiHandler(this, 'Try', {
      platform,
      handler: 'tagger/try',
      contract: contract.tryTaggerEnv,
      routes: contract.tryRoutes,
      env: {
        ...pageVariables(this, { longestMs: longestFetchMs }),
        ...rulesVariable,
        RAW_BUCKET: raw.bucketName,
      },
      impact: 'Nobody can try what the tagger says of a text, or publish rules by the API.',
      concurrency: 2,
      memory: 1769,
      objects: { bucket: raw, read: ['tagger/pages'], write: ['tagger/pages'] },
    });
    allowObject(attempt, raw, contract.rulesKey);
    // Publishing and going back.
    attempt.allow(['s3:PutObject', 's3:DeleteObject', 's3:GetObjectVersion'], [raw.arnForObjects(contract.rulesKey)]);
    attempt.allow(['s3:ListBucketVersions'], [raw.bucketArn]);
    allowObject(attempt, raw, contract.keptRulesKey);
  }
}
