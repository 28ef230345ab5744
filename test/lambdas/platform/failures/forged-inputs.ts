/** What hostile operators make of failed inputs, and the field that the answer names. */

export const tasksQueue = 'arn:aws:sqs:r:0:millrace-dev-tasks-run-tasks';

/** An input that failed, what somebody makes of it, and the field that the answer names. */
export const forged: readonly (readonly [string, string, object, object, string])[] = [
  ['a task of another', tasksQueue, { task_id: 'a' }, { task_id: 'b', input: { file: 'file:1' } }, 'input.task_id'],
  ['a task that is given up', tasksQueue, { task_id: 'a' }, { task_id: 'a', lost: 'x', stopped: true }, 'input.lost'],
  [
    'a task that is started elsewhere',
    'arn:aws:sqs:r:0:millrace-dev-tasks-start-tasks',
    { task_id: 'a', host: 'steps' },
    { task_id: 'b', host: 'steps' },
    'input',
  ],
  [
    'a callback to another address',
    'arn:aws:sqs:r:0:millrace-dev-tasks-send-callbacks',
    { task_id: 'a' },
    { task_id: 'a', url: 'https://b', body: '{}' },
    'input',
  ],
  ['a file of another', 'arn:aws:sqs:r:0:millrace-dev-tasks-verify-files', { file_id: 'a' }, { file_id: 'b' }, 'input'],
  [
    'an execution of another task',
    'arn:aws:states:r:0:stateMachine:millrace-dev-tasks-steps',
    { task_id: 'a' },
    { task_id: 'b' },
    'input',
  ],
  [
    'a replay of many that is another',
    'arn:aws:states:r:0:stateMachine:millrace-dev-platform-replay',
    { replay_id: 1 },
    { replay_id: 2 },
    'input',
  ],
  [
    'a mail to another',
    'arn:aws:sqs:r:0:millrace-dev-platform-send-mail',
    { subject: 's', text: 't' },
    { subject: 's', text: 't', to: ['a@example.com'] },
    'input.to',
  ],
  [
    'work for another door',
    'arn:aws:sqs:r:0:millrace-dev-platform-start-work',
    { door: 'a', input: '', name: 'n' },
    { door: tasksQueue, input: '{"task_id":"b"}', name: 'n' },
    'input',
  ],
  [
    'a replay into another door',
    'arn:aws:sqs:r:0:millrace-dev-platform-replay-failure',
    { name: 'replay-1', door: 'a', attributes: {}, input: '' },
    { name: 'replay-1', door: tasksQueue, attributes: {}, input: '' },
    'input',
  ],
  [
    'a failure that somebody makes up',
    'arn:aws:sqs:r:0:millrace-dev-platform-failures',
    { failures: [] },
    { failures: [{ door: tasksQueue }] },
    'input',
  ],
  [
    'another page of a message',
    'arn:aws:sqs:r:0:millrace-dev-tagger-tag-pages.fifo',
    { topic: 't', offset: 1 },
    { topic: 't', offset: 2 },
    'input',
  ],
  [
    'a run by another name',
    'arn:aws:states:r:0:stateMachine:millrace-dev-presale-run',
    {},
    { run_id: 'x' },
    'input.run_id',
  ],
  ['a queue that is none of ours', 'arn:aws:sqs:r:0:Mails', { a: 1 }, { a: 2 }, 'input'],
];

/** Those of functions, whose ARNs say nothing: the row's own source counts. */
export const forgedAtFunctions = [
  ['a slot of another time', 'schedule', 'presale', 'start-publication', { time: '1' }, { time: '2' }, 'input'],
  [
    'a record of another offset',
    'stream',
    'tagger',
    'tag-messages',
    { records: { 't-0': [{ offset: 1, value: 'a' }] } },
    { records: { 't-0': [{ offset: 2, value: 'a' }] } },
    'input.records.t-0.0.offset',
  ],
] as const;
