import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type AsynchronousInvoker, asynchronousInvoker } from './doors/asynchronous.ts';
import { type EventBus, eventBus } from './doors/event-bus.ts';
import { type HttpApi, startHttpApi } from './doors/http-api.ts';
import { startLambdaApi } from './doors/lambda-api.ts';
import { notificationOf, wants } from './doors/object-notification.ts';
import { startQueuePoller } from './doors/queue-poller.ts';
import { type Delivered, type Scheduler, startScheduler } from './doors/scheduler.ts';
import { type StreamPoller, startStreamPoller } from './doors/stream-poller.ts';
import type { Faults } from './faults.ts';
import type { FunctionHost } from './functions/function-host.ts';
import { region } from './region.ts';
import { makeTopics } from './services/kafka.ts';
import type { Services } from './services.ts';
import { acceptedCredentials } from './services-elsewhere.ts';
import type { Settings } from './settings.ts';
import type { StateMachines } from './state-machines/state-machines.ts';
import type { StackModel } from './template/model.ts';
import type { Log } from './terminal/log.ts';

/** The template's connections, live: who is called when what happens. */
export interface Wiring {
  readonly api: HttpApi | undefined;
  readonly scheduler: Scheduler;
  /** Puts an event on the bus, as a service of AWS does that isn't here: CloudWatch. */
  publish: EventBus['publish'];
  stop(): Promise<void>;
  /** Resolves when no message is in hand any more: soon after the functions have stopped. */
  idle(): Promise<void>;
}

export interface WiringOptions {
  readonly settings: Settings;
  /** Where the API is to listen. */
  readonly apiPort: number;
  readonly functionsPort: number;
  readonly model: StackModel;
  readonly services: Services;
  readonly functions: FunctionHost;
  readonly machines: StateMachines;
  readonly sqs: SQSClient;
  readonly faults: Faults;
  readonly log: Log;
}

// Lambda waits one and two minutes; a person at a terminal does not.
const retryDelaysMs = [1000, 2000];

/** Starts the doors: HTTP routes, queue consumers, schedules, rules. */
export async function wire(options: WiringOptions): Promise<Wiring> {
  const { model, functions, log } = options;
  const invoker = startInvoker(options);
  const deliver = deliverer(options, invoker);
  const bury = burier(options);
  const bus = startBus(options, deliver, bury);
  publishObjects(options, { publish: bus.publish, deliver });
  publishEndings(options, bus.publish);
  const queuePollers = pollQueues(options);
  const pollers = [...queuePollers, ...(await pollStreams(options))];
  const scheduler = startSchedules(options, deliver, bury);
  const api =
    model.httpApi &&
    (await startHttpApi({ api: model.httpApi, functions, port: options.apiPort, onAnswer: log.debug }));
  const lambdaApi = await startLambdaApi({
    functions,
    invoker,
    port: options.functionsPort,
    credentials: acceptedCredentials(options.services.credentials, options.settings.variables),
  });
  invoker.resume();
  return {
    api,
    scheduler,
    publish: bus.publish,
    async stop() {
      scheduler.stop();
      invoker.stop();
      await api?.stop();
      await lambdaApi.stop();
      await Promise.all(pollers.map((poller) => poller.stop()));
    },
    async idle() {
      await Promise.all(queuePollers.map((poller) => poller.idle()));
    },
  };
}

function startInvoker({ functions, sqs, services, settings, faults, log }: WiringOptions): AsynchronousInvoker {
  return asynchronousInvoker({
    functions,
    sqs,
    queueUrlOf: (arn) => services.storage.queueUrl(nameIn(arn)),
    faults,
    file: path.join(settings.directory, 'invocations.sqlite'),
    retryDelaysMs,
    onLost: log.warn,
  });
}

type Deliver = ReturnType<typeof deliverer>;
type Bury = ReturnType<typeof burier>;

function startBus({ model, log }: WiringOptions, deliver: Deliver, bury: Bury): EventBus {
  return eventBus({
    rules: model.rules,
    region,
    deliver,
    bury: (queue, rule, target, event, error) => bury(queue, { RULE_ARN: rule.name, TARGET_ARN: target }, event, error),
    onError: log.warn,
  });
}

function startSchedules({ model, services, log }: WiringOptions, deliver: Deliver, bury: Bury): Scheduler {
  return startScheduler({
    schedules: model.schedules,
    isEnabled: services.schedules.isEnabled,
    deliver,
    bury: (queue, { name, target, retries }, input, error) =>
      bury(queue, { SCHEDULE_ARN: name, TARGET_ARN: target, RETRY_ATTEMPTS: String(retries) }, input, error),
    onError: log.warn,
  });
}

function pollQueues({ model, services, sqs, functions, faults, log }: WiringOptions) {
  return model.queueSources.map((source) =>
    startQueuePoller({
      source: { ...source, functionArn: functions.model(source.functionArn)?.arn ?? source.functionArn },
      queueUrl: services.storage.queueUrl(nameIn(source.queueArn)),
      sqs,
      functions,
      faults,
      region,
      onError: log.warn,
    }),
  );
}

async function pollStreams(options: WiringOptions): Promise<readonly StreamPoller[]> {
  const { model, services, functions, faults, log } = options;
  const { kafka, storage, credentials } = services;
  if (!kafka) return [];
  // Topics that neither the template nor a trigger of it has made.
  const read = [...new Set(model.streamSources.map(({ topic }) => topic))];
  await makeTopics(
    kafka.brokers,
    read.map((name) => ({ name, partitions: 1, configs: {} })),
  );
  const s3 = new S3Client({ region, credentials, endpoint: storage.s3Url, forcePathStyle: true });
  return model.streamSources.map((source) =>
    startStreamPoller({
      source: { ...source, functionArn: functions.model(source.functionArn)?.arn ?? source.functionArn },
      brokers: kafka.brokers,
      functions,
      faults,
      s3,
      onError: log.warn,
    }),
  );
}

/** Hands an event to whatever an ARN names: a function, a state machine or a queue. */
function deliverer({ machines, services, sqs }: WiringOptions, invoker: AsynchronousInvoker) {
  return async (arn: string, event: unknown): Promise<Delivered> => {
    if (arn.startsWith('arn:aws:lambda:')) return { outcome: invoker.accept(arn, event).ended };
    if (arn.startsWith('arn:aws:states:'))
      return { outcome: Promise.resolve(await machines.start({ stateMachineArn: arn, input: event })) };
    if (!arn.startsWith('arn:aws:sqs:')) throw new Error(`The local runtime can't deliver an event to ${arn}`);
    await send(sqs, services.storage.queueUrl(nameIn(arn)), event);
    return {};
  };
}

/** What EventBridge and its Scheduler leave in the dead letters: the event, and why in the attributes. */
function burier({ sqs, services }: WiringOptions) {
  return async (queueArn: string, about: Readonly<Record<string, string>>, event: unknown, error: unknown) => {
    const attributes = { ...about, ERROR_CODE: 'TARGET_FAILED', ERROR_MESSAGE: String(error).slice(0, 1000) };
    const typed = Object.entries(attributes).map(([name, text]) => [name, { DataType: 'String', StringValue: text }]);
    await send(sqs, services.storage.queueUrl(nameIn(queueArn)), event, Object.fromEntries(typed));
  };
}

function publishObjects(
  { model, services, log }: WiringOptions,
  { publish, deliver }: { readonly publish: EventBus['publish']; readonly deliver: Deliver },
): void {
  const notifying = new Set(model.buckets.filter(({ notifiesEventBus }) => notifiesEventBus).map(({ name }) => name));
  services.storage.onObjectCreated(async (created) => {
    const { bucket, key, size, etag, versionId } = created;
    log.debug(`Object created: s3://${bucket}/${key}`);
    for (const one of model.objectNotifications.filter((notification) => wants(notification, created)))
      await deliver(one.target, notificationOf(created, region, new Date()));
    if (!notifying.has(bucket)) return;
    await publish({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      resources: [`arn:aws:s3:::${bucket}`],
      detail: {
        version: '0',
        bucket: { name: bucket },
        object: { key, size, etag, ...(versionId === undefined ? {} : { 'version-id': versionId }) },
      },
    });
  });
}

// Beyond it Step Functions leaves both texts out of the event: who wants them asks for the execution.
const eventTextBytes = 248 * 1024;

function publishEndings({ machines }: WiringOptions, publish: ReturnType<typeof eventBus>['publish']): void {
  machines.onEnded(async ({ startDate, stopDate, input, output, stateMachineName: _shownElsewhere, ...ending }) => {
    const texts = { input: JSON.stringify(input), output: output === undefined ? null : JSON.stringify(output) };
    const included = Buffer.byteLength(texts.input + (texts.output ?? '') + (ending.cause ?? '')) <= eventTextBytes;
    const detail = {
      ...ending,
      startDate: startDate.getTime(),
      stopDate: stopDate?.getTime() ?? null,
      ...(included ? texts : { input: null, output: null }),
      inputDetails: { included },
    };
    const resources = [ending.executionArn];
    await publish({ source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', resources, detail });
  });
}

async function send(sqs: SQSClient, QueueUrl: string, event: unknown, MessageAttributes = {}): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event), MessageAttributes }));
}

function nameIn(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}
