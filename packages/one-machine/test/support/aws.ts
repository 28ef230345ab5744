/** Whose signatures the services of a test take. */
export const testCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Points the AWS SDK of this process at services of this machine, as the local runtime does for each function. */
export function useLocalAws(endpoints: Readonly<Record<string, string>>, credentials = testCredentials): void {
  Object.assign(process.env, {
    AWS_REGION: 'ap-northeast-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...endpoints,
  });
}
