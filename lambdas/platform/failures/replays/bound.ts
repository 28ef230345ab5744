import { edgeOf } from '#kit/ledger/edge.ts';
import { type BoundFault, type Editable, type EditableSources, editedInput } from '#kit/ledger/editable.ts';
import { editableInputs as ofBriefs } from '../../../briefs/contract.ts';
import { editableInputs as ofPresale } from '../../../presale/contract.ts';
import { editableInputs as ofRecommender } from '../../../recommender/contract.ts';
import { editableInputs as ofTagger } from '../../../tagger/contract.ts';
import { editableInputs as ofTasks } from '../../../tasks/contract.ts';
import { editableInputs as ofPlatform } from '../contract.ts';

/** By workload: what it lets people edit. One that isn't here takes every input back only as it was. */
const workloads: Readonly<Record<string, EditableSources>> = {
  briefs: ofBriefs,
  platform: ofPlatform,
  presale: ofPresale,
  recommender: ofRecommender,
  tagger: ofTagger,
  tasks: ofTasks,
};

/** The fields of a failure that decide what may be edited. */
export interface Source {
  readonly door: string | null;
  readonly workload: string;
  readonly source_name: string;
}

/**
 * The source whose rule holds: of a queue or a state machine the one that its name says, for it is what gets the input;
 * of a function or an object, whose names say nothing, the failure's own.
 */
export function sourceOf({ door, workload, source_name }: Source): string {
  if (door === null || !/^arn:aws:(sqs|states):/.test(door)) return `${workload}/${source_name}`;
  const edge = edgeOf(door);
  return edge === undefined ? door : `${edge.workload}/${edge.name}`;
}

/** The editable parts of a source's inputs; `undefined` when nothing may be edited. */
export function editableOf(source: string): Editable | undefined {
  const [workload = '', ...name] = source.split('/');
  const sources = Object.hasOwn(workloads, workload) ? workloads[workload] : undefined;
  const key = name.join('/');
  return sources && Object.hasOwn(sources, key) ? sources[key] : undefined;
}

/** The text that goes back in for an edited one, or what of it is bound to the failure. */
export function boundTo(source: string, original: string, edited: string): { readonly text: string } | BoundFault {
  return editedInput(original, edited, editableOf(source));
}
