import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { type StreamPoller, startStreamPoller } from 'one-machine/doors/stream-poller.ts';
import { faultSwitch } from 'one-machine/faults.ts';
import type { FunctionHost, Invocation } from 'one-machine/functions/function-host.ts';
import { makeTopics } from 'one-machine/services/kafka.ts';
import { readAssembly } from 'one-machine/template/assembly-files.ts';
import { buildModel } from 'one-machine/template/build-model.ts';
import { assembly } from './cdk.ts';
import { type MiniStack, region } from './ministack.ts';

/**
 * Our own pollers between our own broker and the functions of the emulator, which has neither: one for each mapping of a topic that the
 * templates have. They call the functions by Lambda's API, as AWS's pollers do.
 */
export async function attachPollers(
  { url, environment }: MiniStack,
  brokers: string,
  onError: (message: string) => void,
): Promise<{ readonly topics: readonly string[]; stop(): Promise<void> }> {
  const resourceTypes = { 'Custom::MskBootstrapBrokers': { absent: 'the broker is ours' } };
  const model = buildModel(await readAssembly(assembly), { assembly, region, app: 'millrace', resourceTypes });
  await makeTopics(brokers, model.topics);
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
  };
  const lambda = new LambdaClient({ region, endpoint: url, credentials });
  const deployed = new Map<string, string>();
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {}))
    for (const { Description = '', FunctionName = '' } of Functions) deployed.set(Description, FunctionName);
  const functions: Pick<FunctionHost, 'invoke' | 'model'> = {
    // A mapping names its function, not its ARN.
    model: (named) => model.functions.find(({ arn, name }) => arn === named || name === named),
    async invoke(arn, event) {
      const handler = functions.model(arn)?.handler;
      const FunctionName = handler === undefined ? undefined : deployed.get(handler);
      if (FunctionName === undefined) throw new Error(`No function of the emulator runs ${arn}`);
      const Payload = Buffer.from(JSON.stringify(event));
      const { Payload: answer, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
      const payload: unknown = JSON.parse(answer?.transformToString() ?? 'null');
      const measured = { requestId: crypto.randomUUID(), milliseconds: 0, memoryBytes: 0 };
      return (
        FunctionError === undefined
          ? { ok: true, payload, payloadBytes: answer?.length ?? 0, ...measured }
          : { ok: false, error: payload, ...measured }
      ) as Invocation;
    },
  };
  const s3 = new S3Client({ region, endpoint: url, credentials, forcePathStyle: true });
  const shared = { brokers, functions: functions as FunctionHost, faults: faultSwitch(), s3, onError };
  const pollers: readonly StreamPoller[] = model.streamSources.map((source) =>
    startStreamPoller({ ...shared, source }),
  );
  return {
    topics: model.streamSources.map(({ topic }) => topic),
    stop: async () => void (await Promise.all(pollers.map((poller) => poller.stop()))),
  };
}
