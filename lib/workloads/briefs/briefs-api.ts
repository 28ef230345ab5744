import { Construct } from 'constructs';
import { briefsApiEnv, briefsRoutes, noRoom } from '../../../lambdas/briefs/contract.ts';
import { ApiHandler } from '../../constructs/api/api-handler.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import type { ApiPlatform } from '../workload.ts';
import type { Briefs } from './briefs.ts';

export interface BriefsApiProps {
  readonly platform: ApiPlatform;
  readonly briefs: Briefs;
}

/** The routes of the briefs, and of how platforms stand. */
export class BriefsApi extends Construct {
  constructor(scope: Construct, id: string, { platform, briefs }: BriefsApiProps) {
    super(scope, id);
    const { raw, mails } = platform;
    const { api, workloads } = environmentOf(this);
    const handler = new ApiHandler(this, 'Api', {
      platform,
      noRoom,
      handler: 'briefs/api',
      contract: briefsApiEnv,
      routes: briefsRoutes,
      env: {
        ...briefs.dispatching,
        RAW_BUCKET: raw.bucketName,
        MAIL_QUEUE_URL: mails.queueUrl,
        LINKS_SECRET: briefs.links.secretArn,
        FILES_KEEP_DAYS: String(workloads.briefs.keepDays.files),
        API_URL: api.url ?? '',
      },
      impact: 'Nobody can submit briefs, or see what came of them.',
      severity: 'high',
      // Pages of articles are work for a processor.
      memory: 1024,
      concurrency: 6,
      sends: [mails],
      // Pictures are handed on; a link to a zip is worth what its maker may read.
      objects: { bucket: raw, read: ['briefs'] },
    });
    briefs.queues.allowSending(handler, 'calls', 'answers', 'exports', 'sweeps');
    handler.allow(['secretsmanager:GetSecretValue'], [briefs.links.secretArn]);
  }
}
