/** How far a brief, a stage or a task is. */
export const workStates = ['queued', 'running', 'finished', 'partial', 'failed', 'cancelled'] as const;
export type WorkState = (typeof workStates)[number];

/** As an existing front end shows them. */
export const stateTexts: Readonly<Record<WorkState, string>> = {
  queued: '准备中',
  running: '执行中',
  finished: '已完成',
  partial: '已完成',
  failed: '审核失败',
  cancelled: '已取消',
};

/** The states that the front end's number of one stands for; none for a number that it doesn't have. */
export function statesNumbered(number: number): readonly WorkState[] {
  const states: readonly (readonly WorkState[])[] = [
    ['queued'],
    ['running'],
    ['finished', 'partial'],
    ['cancelled'],
    ['running'],
    ['failed'],
  ];
  return states[number] ?? [];
}
