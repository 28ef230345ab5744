import path from 'node:path';
import type { Machine } from '../machine.ts';

/** Where everything of a running machine is, for the person at the terminal; what is not run, with the reason. */
export function addressesOf({ model, services, wiring, urls, settings }: Machine): readonly string[] {
  const { storage, kafka, athena } = services;
  const line = (what: string, where: string) => `${what.padEnd(16)}${where}`;
  const list = (names: readonly string[]) => (names.length === 0 ? '' : `: ${names.join(', ')}`);
  return [
    ...(wiring.api ? [line('API', wiring.api.url)] : []),
    ...(model.httpApi?.routes ?? []).map(({ key }) => line('', key)),
    line('S3', `${storage.s3Url}${list(model.buckets.map(({ name }) => name))}`),
    line('SQS', storage.sqsUrl),
    ...model.queues.map(({ name }) => line('', storage.queueUrl(name))),
    ...(kafka ? [line('Kafka', `${kafka.brokers}${list(topicsOf(model))}`)] : []),
    line('Step Functions', urls.stateMachines),
    ...model.stateMachines.map(({ arn }) => line('', arn)),
    line('Lambda', `${urls.functions}${list(model.functions.map(({ name }) => name))}`),
    line('Secrets', `${services.secrets.url}${list(model.secrets.map(({ name }) => name))}`),
    line('Mails', services.mail.inboxUrl),
    line('Scheduler', `${services.schedules.url}${list(model.schedules.map(({ name }) => name))}`),
    ...(athena ? [line('Athena', athena.url)] : []),
    line('Credentials', path.join(settings.directory, 'credentials.json')),
    line('Logs', path.join(settings.directory, 'log')),
    ...[...Map.groupBy(model.absent, ([, reason]) => reason)].map(([reason, types]) =>
      line('Not here', `${types.map(([type]) => type).join(', ')} (${reason})`),
    ),
  ];
}

function topicsOf({ topics, streamSources }: Machine['model']): readonly string[] {
  return [...new Set([...topics.map(({ name }) => name), ...streamSources.map(({ topic }) => topic)])];
}
