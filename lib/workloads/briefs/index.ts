import { Duration } from 'aws-cdk-lib';
import { workload } from '../workload.ts';
import { Briefs } from './briefs.ts';
import { BriefsApi } from './briefs-api.ts';
import { BriefsDashboard } from './briefs-dashboard.ts';
import { briefTopicsOf } from './topics.ts';

/** Keywords on social platforms, to workbooks, word clouds and a zip. */
export const briefs = workload({
  name: 'briefs',
  lifecycle: ({ workloads }) => [
    {
      prefix: 'briefs/raw/',
      expiration: Duration.days(workloads.briefs.keepDays.answers),
      noncurrentVersionExpiration: Duration.days(1),
    },
  ],
  topics: briefTopicsOf,
  pipelines: (stack, { cluster, ...platform }) => cluster && new Briefs(stack, 'Briefs', { ...platform, cluster }),
  api: (stack, platform, { pipelines: briefs }) => {
    if (briefs) new BriefsApi(stack, 'Briefs', { platform, briefs });
  },
  operations: (stack, { pipelines }) => {
    if (pipelines) new BriefsDashboard(stack, 'Briefs', pipelines);
  },
});
