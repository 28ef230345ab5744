import type { Stack } from '../stack.ts';
import { latestWork } from './latest-work.ts';
import { page, table, text } from './page.ts';
import { triggerNames } from './trigger-target.ts';

/** The page at the console's address: what runs, where it is, what it did last. */
export async function overviewPage(stack: Stack): Promise<string> {
  const { services, wiring, model } = stack;
  const { executions } = await stack.machines.list({ limit: 20 });
  return page(
    'Millrace on this machine',
    `<table>${linksOf(stack)
      .map(([name, url]) => `<tr><th>${text(name)}</th><td><a href="${text(url)}">${text(url)}</a></td></tr>`)
      .join('')}</table>
${await latestWork(services.postgres.url('postgres', 'millrace'))}
<h2>Executions</h2>
${table(
  ['Execution', 'State machine', 'State', 'Started', ''],
  executions.map((run) => [
    text(run.name),
    text(run.stateMachineName),
    `<span class="${text(run.status)}">${text(run.status)}</span>`,
    text(run.startDate.toLocaleString()),
    `<a href="/history?arn=${encodeURIComponent(run.executionArn)}">history</a>`,
  ]),
)}
<h2>Schedules</h2>
${table(
  ['Schedule', 'Expression', 'Zone', 'Next'],
  model.schedules.map(({ name, expression, timeZone, enabled }) => {
    const next = wiring.scheduler.upcoming().find((slot) => slot.name === name)?.at;
    return [
      text(name),
      `<code>${text(expression)}</code>`,
      text(timeZone),
      enabled ? text(next?.toISOString() ?? 'never') : 'switched off in this environment',
    ];
  }),
)}
<p>Start one now: ${triggerNames(stack)
      .map((name) => `<code>npm run trigger ${text(name)}</code>`)
      .join(' or ')}</p>
<h2>Routes</h2>
${table(
  ['Route', 'Function'],
  (model.httpApi?.routes ?? []).map(({ key, functionArn }) => [
    `<code>${text(key)}</code>`,
    text(stack.functions.model(functionArn)?.handler ?? functionArn),
  ]),
)}
<h2>Functions</h2>
${table(
  ['Function', 'Memory', 'Timeout', 'At once'],
  model.functions.map((fn) => [
    text(fn.handler),
    `${fn.memoryMegabytes} MB`,
    `${fn.timeoutSeconds} s`,
    String(fn.concurrency),
  ]),
)}
`,
  );
}

/** Where everything of this machine is looked at. */
function linksOf({ services, wiring, model, settings }: Stack): readonly (readonly [string, string])[] {
  return [
    ['API', wiring.api?.url ?? ''],
    ...(wiring.api ? [["The API's documentation", `${wiring.api.url}/docs`] as [string, string]] : []),
    ...(wiring.api ? [['The failure ledger', '/failures'] as [string, string]] : []),
    ['Mails that were sent', services.mail.inboxUrl],
    ['Pre-sale site', services.site ? `${services.site.url}/sample` : (settings.variables.PRESALE_SITE_URL ?? '')],
    ...(services.platforms ? [['The platforms of briefs', services.platforms.controlUrl] as [string, string]] : []),
    ...(services.kafka ? [['Kafka topics', '/topics'] as [string, string]] : []),
    ...model.buckets.map(({ name }): [string, string] => [`Bucket ${name}`, `/buckets/${name}/`]),
  ];
}
