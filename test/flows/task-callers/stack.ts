import { afterAll, beforeAll } from 'vitest';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** The stack of `task-callers.test.ts`, whose suites have users, tasks and files of their own. */
export let running: TestStack;

beforeAll(async () => {
  running = await startTestStack();
});

afterAll(() => running?.stop());
