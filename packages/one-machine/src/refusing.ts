import type { Services } from './services.ts';

/** Services that can be told to refuse. */
export type RefusingService = 's3' | 'sqs' | 'ses' | 'secretsmanager' | 'states';

/** Makes a service answer 503 for a while. */
export function refusing(
  { storage, mail, secrets }: Services,
  refuseStates: (milliseconds: number) => void,
): (service: RefusingService, milliseconds: number) => void {
  const refusals: Readonly<Record<RefusingService, (milliseconds: number) => void>> = {
    s3: (milliseconds) => storage.refuse('s3', milliseconds),
    sqs: (milliseconds) => storage.refuse('sqs', milliseconds),
    ses: mail.refuse,
    secretsmanager: secrets.refuse,
    states: refuseStates,
  };
  return (service, milliseconds) => refusals[service](milliseconds);
}
