import type { TaggerService } from '../contract.ts';
import type { ServiceCounts } from '../ports.ts';

export interface CheckCountsPorts {
  readonly services: readonly TaggerService[];
  readonly counts: (service: TaggerService) => Promise<ServiceCounts>;
  /** Long enough for what was on its way into the ledger to be there. */
  readonly pause: () => Promise<void>;
}

/** What came in and is nowhere: neither published, nor waiting, nor in the ledger. Below nought while more is on its way. */
export function unaccountedOf(counts: ServiceCounts): number {
  return counts.in - counts.out - counts.waiting - counts.failed;
}

/** How many messages of each service are unaccounted for twice in a row: once they may be on their way to the ledger. */
export async function checkCounts({ services, counts, pause }: CheckCountsPorts): Promise<Record<string, number>> {
  const look = () => Promise.all(services.map(async (service) => unaccountedOf(await counts(service))));
  const first = await look();
  if (first.every((missing) => missing <= 0)) return Object.fromEntries(services.map(({ name }) => [name, 0]));
  await pause();
  const second = await look();
  return Object.fromEntries(
    services.map(({ name }, index) => [name, Math.max(0, Math.min(first[index] ?? 0, second[index] ?? 0))]),
  );
}
