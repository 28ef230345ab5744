import { replayedBy } from '../lineage.ts';
import { type Json, textOf } from './json.ts';

/** The failure that an execution put right, by EventBridge's event of its success; `undefined` for any other record. */
export function putRightBy(body: Json): number | undefined {
  const detail = body?.detail;
  if (textOf(body?.source) !== 'aws.states' || textOf(detail?.status) !== 'SUCCEEDED') return undefined;
  return replayedBy(textOf(detail?.name) ?? '');
}
