import { Stack } from 'aws-cdk-lib';
import { Dashboard, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { environmentOf } from '../constructs/millrace-stack.ts';

/** A workload's page for people: a dashboard of its own, or its part of the one that all share (`standing.dashboards`). */
export function dashboard(scope: Construct, title: string, rows: readonly (readonly IWidget[])[]): void {
  const widgets = rows.map((row) => [...row]);
  if (environmentOf(scope).standing.dashboards === 'each') {
    new Dashboard(scope, 'Dashboard', { widgets });
    return;
  }
  const page = shared(Stack.of(scope));
  for (const row of [[new TextWidget({ markdown: `# ${title}`, width: 24, height: 1 })], ...widgets])
    page.addWidgets(...row);
}

function shared(stack: Stack): Dashboard {
  const known = stack.node.tryFindChild('Workloads');
  return known instanceof Dashboard ? known : new Dashboard(stack, 'Workloads');
}
