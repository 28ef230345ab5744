/** Points the AWS SDK of this process at services of this machine, as the local runtime does for each function. */
export function useLocalAws(endpoints: Readonly<Record<string, string>>): void {
  Object.assign(process.env, {
    AWS_REGION: 'ap-northeast-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...endpoints,
  });
}
