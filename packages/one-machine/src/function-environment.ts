import { existsSync } from 'node:fs';
import { region } from './region.ts';
import type { Services } from './services.ts';
import { servicesElsewhere } from './services-elsewhere.ts';
import type { Settings } from './settings.ts';
import { queueUrlPlaceholder } from './template/local-references.ts';
import type { FunctionModel, StackModel } from './template/model.ts';

/** What every function on this machine gets beside its own variables: where the services are. */
export function machineEnvironment(
  services: Services,
  urls: { readonly stateMachines: string; readonly functions: string },
  { variables }: Pick<Settings, 'variables'>,
): Record<string, string> {
  const embedded = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: services.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: services.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: services.storage.s3Url,
    AWS_ENDPOINT_URL_SES: services.mail.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: services.secrets.url,
    // These are always this machine's own: its doors and its tables feed them.
    AWS_ENDPOINT_URL_SCHEDULER: services.schedules.url,
    AWS_ENDPOINT_URL_SQS: services.storage.sqsUrl,
    AWS_ENDPOINT_URL_SFN: urls.stateMachines,
    ...(services.athena ? { AWS_ENDPOINT_URL_ATHENA: services.athena.url } : {}),
    AWS_ENDPOINT_URL_LAMBDA: urls.functions,
    PATH: variables.PATH ?? '',
  };
  // Where the settings name another bucket service, mail service or secret store, their credentials go with it.
  const elsewhere = servicesElsewhere(variables);
  const named = elsewhere.length > 0 ? [...elsewhere, ...credentialNames] : [];
  return Object.assign(
    embedded,
    Object.fromEntries(named.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]]))),
  );
}

const credentialNames = ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** Node's own variables in a person's shell are for their shell: a debugger's NODE_OPTIONS would break every function. */
const notOverridden = /^NODE_/;

/** Whose variables they are, and what has another value on this machine. */
export interface Told {
  readonly variables: Settings['variables'];
  /** The role that functions have in the database. */
  readonly role: string;
  readonly database: string;
  /** What the app itself says. */
  readonly own: Readonly<Record<string, string | undefined>>;
}

/**
 * A function's own variables on this machine: the template's, but for addresses of things that are elsewhere here.
 * A variable of the same name in the environment of the start wins, so that each part can be the real one.
 */
export function localVariables(
  model: FunctionModel,
  services: Services,
  { variables: given, role, database, own }: Told,
): Record<string, string> {
  const here: Readonly<Record<string, string | undefined>> = {
    DATABASE_URL: services.postgres.url(role, database),
    ...(services.kafka ? { KAFKA_BROKERS: services.kafka.brokers } : {}),
    ...own,
  };
  const variables: Record<string, string> = {};
  for (const [key, value] of Object.entries(model.environment)) {
    const named = notOverridden.test(key) ? undefined : given[key];
    const chosen = named ?? here[key] ?? value;
    if (chosen === '' || (key === 'NODE_EXTRA_CA_CERTS' && !existsSync(chosen))) continue;
    variables[key] = chosen;
  }
  return variables;
}

/** Replaces the queues' stand-in addresses by those their service listens on. */
export function withQueueUrls(model: StackModel, services: Services): StackModel {
  const replace = (text: string) =>
    model.queues.reduce(
      (done, { name }) => done.replaceAll(queueUrlPlaceholder(name), services.storage.queueUrl(name)),
      text,
    );
  return {
    ...model,
    functions: model.functions.map((fn) => ({
      ...fn,
      environment: Object.fromEntries(Object.entries(fn.environment).map(([key, value]) => [key, replace(value)])),
    })),
    stateMachines: model.stateMachines.map((machine) => ({ ...machine, definition: replace(machine.definition) })),
  };
}
