import { expect, test } from 'vitest';
import type { RaisedAlert } from '../../../../lambdas/platform/alerts/alarm.ts';
import { raiseAlarms } from '../../../../lambdas/platform/alerts/raise-alarms.ts';
import { alarmChange, type MailMessage } from '../../../../lambdas/platform/contract.ts';
import recorded from '../../../fixtures/events/alarm-state-change.json' with { type: 'json' };
import { settings } from './settings.ts';

/** CloudWatch's event, with the alarm of another name or in another state. */
const change = (id: string, name: string, value = 'ALARM') =>
  alarmChange.parse({
    ...recorded,
    id,
    detail: { ...recorded.detail, alarmName: `millrace-test-${name}`, state: { ...recorded.detail.state, value } },
  });

function ports() {
  const raised: RaisedAlert[] = [];
  const woken: string[] = [];
  const sent: MailMessage[] = [];
  return {
    raised,
    woken,
    sent,
    settings,
    raise: async (alert: RaisedAlert) => void raised.push(alert),
    wake: async (workloads: Iterable<string>) => void woken.push(...workloads),
    send: async (mail: MailMessage) => void sent.push(mail),
    warn: () => undefined,
  };
}

test('an alarm is raised as an alert of its own severity, with impact and cause, and wakes its workload', async () => {
  const book = ports();
  await raiseAlarms([change('1', 'presale-load-county-fails'), change('2', 'presale-run-fails', 'OK')], book);

  expect(book.raised).toEqual([
    {
      naturalKey: 'alarm:1',
      workload: 'presale',
      severity: 'medium',
      name: 'presale-load-county-fails',
      message:
        'One county’s newest deals are safe in the bucket but not in the table; the run tries again in an hour. ' +
        'Threshold Crossed: 1 datapoint [3.0 (21/11/26 11:58:00)] was greater than or equal to the threshold (1.0).',
    },
    expect.objectContaining({ severity: 'medium', message: expect.stringMatching(/^Over: One county/) }),
  ]);
  expect({ woken: book.woken, sent: book.sent }).toEqual({ woken: ['presale'], sent: [] });
});

test('an alarm that says nothing about itself is high', async () => {
  const book = ports();
  const bare = alarmChange.parse({
    id: '3',
    time: recorded.time,
    detail: { alarmName: 'millrace-test-odd', state: { value: 'ALARM' } },
  });
  await raiseAlarms([bare], book);

  expect(book.raised).toMatchObject([{ severity: 'high', workload: 'odd', message: '' }]);
});

test('without the database all alarms of a batch are one mail, the same again under the same id', async () => {
  const away = { ...ports(), raise: () => Promise.reject(new Error('The database is away')) };
  const changes = [change('1', 'platform-migrate-fails'), change('2', 'presale-read-api-fails')];
  await raiseAlarms(changes, away);
  await raiseAlarms(changes, away);

  expect(away.sent[0]).toMatchObject({
    id: 'alarms/1',
    subject: '[millrace-test] medium: platform and presale: 2 alerts',
    to: ['all@example.com'],
    text: expect.stringMatching(
      /platform-migrate-fails[\s\S]*once, at 2026-11-21 12:00:00 UTC[\s\S]*presale-read-api-fails/,
    ),
  });
  expect(away.sent[1]).toEqual(away.sent[0]);
});

test('alarms on sending mails wake no mailer, and a workload that tells its own alarms is not told twice', async () => {
  const book = ports();
  await raiseAlarms([change('1', 'platform-send-mail-fails'), change('2', 'presale-files-drift')], book);

  expect({ ...book, raised: book.raised.map(({ name }) => name) }).toMatchObject({
    raised: ['platform-send-mail-fails'],
    woken: [],
    sent: [],
  });
});

test('when the mail can not be handed over either, the batch comes again', async () => {
  const lost = {
    ...ports(),
    raise: () => Promise.reject(new Error('no database')),
    send: () => Promise.reject(new Error('no queue')),
  };

  await expect(raiseAlarms([change('1', 'platform-migrate-fails')], lost)).rejects.toThrow('no queue');
});
