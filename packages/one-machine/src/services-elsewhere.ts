import type { Credentials } from './guard/credentials.ts';
import type { Settings } from './settings.ts';

const replaceable = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_SES', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'];

/** The variables that name another bucket service, mail service or secret store than this machine's. */
export function servicesElsewhere(variables: Settings['variables']): readonly string[] {
  return replaceable.filter((name) => variables[name] !== undefined);
}

/** Functions sign with a person's own credentials where one of the services is elsewhere. */
export function acceptedCredentials(own: Credentials, variables: Settings['variables']): readonly Credentials[] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = variables;
  const isElsewhere = servicesElsewhere(variables).length > 0;
  if (accessKeyId === undefined || secretAccessKey === undefined || !isElsewhere) return [own];
  return [own, { accessKeyId, secretAccessKey }];
}
