import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { MiniStack } from './ministack.ts';
import { region } from './ministack.ts';

/** What a stack is by now, and its outputs; of those that are gone, nothing. */
export interface DeployedStack {
  readonly name: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The stacks of the account, as CloudFormation's query protocol tells them: no package of ours speaks it. */
export async function deployedStacks({ url }: MiniStack): Promise<readonly DeployedStack[]> {
  const scope = `20260101/${region}/cloudformation/aws4_request`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // MiniStack reads of it which service is meant, and checks no signature.
      authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=host, Signature=none`,
    },
    body: new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15' }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`CloudFormation answered ${response.status}: ${text}`);
  return parts(text, 'StackName').map(({ value: name, around }) => ({
    name,
    status: first(around, 'StackStatus'),
    outputs: Object.fromEntries(
      parts(around, 'OutputKey').map(({ value, around: output }) => [value, first(output, 'OutputValue')]),
    ),
  }));
}

/** Elements of a name, each with the text up to the next of that name. */
function parts(xml: string, name: string): readonly { readonly value: string; readonly around: string }[] {
  return xml
    .split(`<${name}>`)
    .slice(1)
    .map((around) => ({ value: around.split('<')[0] ?? '', around }));
}

function first(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)`).exec(xml)?.[1] ?? '';
}

/** The password that CloudFormation generated for the stack's first user. */
export async function adminOf({
  url,
  environment,
}: MiniStack): Promise<{ readonly name: string; readonly password: string }> {
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
  };
  const client = new SecretsManagerClient({ region, endpoint: url, credentials });
  const { SecretList = [] } = await client.send(new ListSecretsCommand({ MaxResults: 100 }));
  const users = SecretList.find(({ Description }) => Description?.startsWith('Who may call the API'));
  const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId: users?.ARN }));
  return JSON.parse(SecretString) as { name: string; password: string };
}
