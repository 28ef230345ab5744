import type { Stack } from '../stack.ts';

/** What a trigger started. */
export type Triggered =
  | { readonly kind: 'schedule'; readonly name: string; readonly result: unknown }
  | { readonly kind: 'state machine'; readonly name: string; readonly executionArn: string };

/** Names of all that can be triggered, as a person would type them. */
export function triggerNames(stack: Pick<Stack, 'model' | 'functions'>): readonly string[] {
  return [...schedulesByName(stack).keys(), ...machinesByName(stack).keys()];
}

/** Runs a schedule now (as if its slot were now, or at the input's `scheduledTime`) or starts a state machine. */
export async function trigger(stack: Stack, name: string, input: unknown): Promise<Triggered> {
  const schedule =
    schedulesByName(stack).get(name) ?? stack.model.schedules.find((candidate) => candidate.name === name)?.name;
  if (schedule !== undefined) {
    const scheduledTime = (input as { scheduledTime?: unknown } | undefined)?.scheduledTime;
    const at = typeof scheduledTime === 'string' ? new Date(scheduledTime) : new Date();
    if (Number.isNaN(at.getTime())) throw new Error(`Not a time: ${String(scheduledTime)}`);
    return { kind: 'schedule', name: schedule, result: await stack.wiring.scheduler.trigger(schedule, at) };
  }
  const arn =
    machinesByName(stack).get(name) ??
    stack.model.stateMachines.find((machine) => machine.name === name || machine.arn === name)?.arn;
  if (arn === undefined) throw new Error(`Nothing is named ${name}; there are ${triggerNames(stack).join(', ')}`);
  const { executionArn } = await stack.machines.start({ stateMachineArn: arn, input: input ?? {} });
  return { kind: 'state machine', name, executionArn };
}

/** A schedule goes by what it is called where several have one door, else by its function's name: `start-publication`. */
function schedulesByName({ model, functions }: Pick<Stack, 'model' | 'functions'>): ReadonlyMap<string, string> {
  return new Map(
    model.schedules.map(({ name, target, input }) => {
      const called = /"schedule":"[^"/]+\/([^"]+)"/.exec(input ?? '')?.[1];
      return [called ?? functions.model(target)?.handler.split('/')[1] ?? name, name];
    }),
  );
}

/** A state machine goes by its workload's name, and one that isn't its run by both: `presale`, `platform-replay`. */
function machinesByName({ model }: Pick<Stack, 'model'>): ReadonlyMap<string, string> {
  return new Map(
    model.stateMachines.map(({ name, arn }) => [name.replace(/^millrace-[^-]+-/, '').replace(/-run$/, ''), arn]),
  );
}
