import type { Assembly, Resource } from '../inventory/assembly.ts';
import { nameOf } from '../inventory/triggers.ts';
import { type CostLine, idleCosts } from './idle-costs.ts';
import type { PricedRegion } from './prices.ts';

/** What stays in an account after an environment's stacks are deleted, and what it goes on costing. */
export interface Staying {
  readonly resources: readonly Resource[];
  readonly lines: readonly CostLine[];
}

/** From the templates: every resource that they retain. */
export function stayingOf(assembly: Assembly, region: PricedRegion): Staying {
  const retained = assembly.retained();
  return { resources: retained.resources, lines: idleCosts(retained, region) };
}

/** `AWS::S3::Bucket | 3 | Raw/AccessLogs, Raw/Bucket, Tasks/Files`, of many kinds alike only their number. */
export function stayingRows(resources: readonly Resource[]): readonly (readonly string[])[] {
  const most = 12;
  return [...Map.groupBy(resources, ({ type }) => type)]
    .map(([type, those]) => {
      const names = those.map(nameOf).sort();
      const shown = names.length > most ? 'one for each function, the API, the network and Kafka' : names.join(', ');
      return [type, String(those.length), shown];
    })
    .sort(([a = ''], [b = '']) => a.localeCompare(b));
}
