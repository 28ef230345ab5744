import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { readingLimits } from '../../../lambdas/pages/contract.ts';
import {
  keptRulesKey,
  rulesKey,
  taggerApiEnv,
  taggerRoutes,
  tryRoutes,
  tryTaggerEnv,
} from '../../../lambdas/tagger/contract.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { apiTimeout, type HttpApi } from '../../constructs/http-api.ts';
import type { KafkaCluster } from '../../constructs/kafka/cluster.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { allowObject, allowObjects } from '../../permissions/bucket-access.ts';
import type { Callers } from '../callers.ts';
import { pageVariables, rulesVariable, servicesVariable } from './settings.ts';

export interface TaggerApiProps {
  readonly api: HttpApi;
  readonly database: Database;
  readonly raw: Bucket;
  readonly callers: Callers;
  readonly cluster: KafkaCluster;
}

// The answer must be out before API Gateway hangs up: the page is fetched, read, and tagged by then.
const longestFetchMs = apiTimeout.toMilliseconds() - readingLimits.clockMs - 5000;

/** The tagger's routes: how its services do and what failed, inside of the VPC; a text to try, outside. */
export class TaggerApi extends Construct {
  constructor(scope: Construct, id: string, { api, database, raw, callers, cluster }: TaggerApiProps) {
    super(scope, id);
    const services = environmentOf(this).workloads.tagger.services;
    const read = new HandlerFunction(this, 'Read', {
      handler: 'tagger/api',
      contract: taggerApiEnv,
      env: { ...cluster.env, ...servicesVariable(this), DATABASE_URL: database.url, ...callers.env },
      impact: 'Nobody can ask how far the tagger is and what it failed on.',
      timeout: apiTimeout,
      concurrency: 2,
      database,
    });
    cluster.grantDescribe(
      read,
      services.map((service) => service.in),
    );
    const attempt = new HandlerFunction(this, 'Try', {
      handler: 'tagger/try',
      contract: tryTaggerEnv,
      env: {
        ...pageVariables(this, { longestMs: longestFetchMs }),
        ...rulesVariable,
        TAGGER_BUCKET: raw.bucketName,
        ...callers.env,
      },
      impact: 'Nobody can try what the tagger says of a text.',
      timeout: apiTimeout,
      concurrency: 2,
      memory: 1769,
    });
    allowObject(attempt, raw, rulesKey);
    allowObject(attempt, raw, keptRulesKey);
    allowObjects(attempt, raw, { read: ['tagger/pages'], write: ['tagger/pages'] });
    callers.allow(read, attempt);
    api.route(taggerRoutes, read);
    api.route(tryRoutes, attempt);
  }
}
