import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { HandlerFunction } from '../../constructs/handler-function.ts';
import { dashboard } from '../dashboard.ts';
import type { Presale } from './presale.ts';

const half = 12;

/** One page on the runs of presale. */
export class PresaleDashboard extends Construct {
  constructor(scope: Construct, id: string, { stateMachine, steps }: Presale) {
    super(scope, id);
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: half });
    const each = (handlers: HandlerFunction[], metric: (handler: HandlerFunction) => IMetric) => handlers.map(metric);
    const { fetchCounty, loadCounty, checkPublication, checkRun } = steps;
    dashboard(this, 'Presale', [
      [
        graph('Runs', [stateMachine.metricStarted(), stateMachine.metricSucceeded(), stateMachine.metricFailed()]),
        graph('Time of a run', [stateMachine.metricTime({ statistic: 'Maximum' })]),
      ],
      [
        graph(
          'Counties: fetches and loads',
          each([fetchCounty, loadCounty], (step) => step.function.metricInvocations({ label: step.name })),
        ),
        graph(
          'Counties: errors',
          each([fetchCounty, loadCounty], (step) => step.function.metricErrors({ label: step.name })),
        ),
      ],
      [
        graph(
          'Counties: time',
          each([fetchCounty, loadCounty], (step) =>
            step.function.metricDuration({ label: step.name, statistic: 'Maximum' }),
          ),
        ),
        graph(
          'Checks',
          each([checkPublication, checkRun], (step) => step.function.metricInvocations({ label: step.name })),
        ),
      ],
    ]);
  }
}
