import { Duration } from 'aws-cdk-lib';
import { dealsFolder, siteFaults } from '../../../lambdas/presale/contract.ts';
import { workload } from '../workload.ts';
import { addDealsTable } from './deal-files.ts';
import { Presale } from './presale.ts';
import { PresaleApi } from './presale-api.ts';
import { PresaleDashboard } from './presale-dashboard.ts';

/** Taiwan's pre-sale house prices. */
export const presale = workload({
  name: 'presale',
  faults: siteFaults,
  // A county's file is written anew with whatever comes to it.
  lifecycle: () => [{ prefix: `${dealsFolder}/`, noncurrentVersionExpiration: Duration.days(1) }],
  data: (_stack, { analytics }) => addDealsTable(analytics),
  pipelines: (stack, platform) => new Presale(stack, 'Presale', platform),
  api: (stack, platform, { pipelines }) => {
    const { stateMachine, files } = pipelines;
    new PresaleApi(stack, 'Presale', { platform, stateMachine, files });
  },
  operations: (stack, { pipelines }) => {
    new PresaleDashboard(stack, 'Presale', pipelines);
  },
});
