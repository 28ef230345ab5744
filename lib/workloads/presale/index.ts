import { siteFaults } from '../../../lambdas/presale/contract.ts';
import { workload } from '../workload.ts';
import { Presale } from './presale.ts';
import { PresaleApi } from './presale-api.ts';
import { PresaleDashboard } from './presale-dashboard.ts';

/** Taiwan's pre-sale house prices. */
export const presale = workload({
  name: 'presale',
  faults: siteFaults,
  pipelines: (stack, platform) => new Presale(stack, 'Presale', platform),
  api: (stack, platform, { pipelines }) => {
    new PresaleApi(stack, 'Presale', { platform, stateMachine: pipelines.stateMachine });
  },
  operations: (stack, { pipelines }) => {
    new PresaleDashboard(stack, 'Presale', pipelines);
  },
});
