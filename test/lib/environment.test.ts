import { describe, expect, test } from 'vitest';
import { environmentNamed, environmentNames, readEnvironment } from '../../lib/environment.ts';

describe('an environment', () => {
  const dev = environmentNamed('dev');

  test.each(environmentNames)('%s is complete and carries its own name', (name) => {
    expect(environmentNamed(name).name).toBe(name);
  });

  test('that is not described is refused with the names there are', () => {
    expect(() => environmentNamed('test')).toThrow(/"test".*dev, staging, prod/);
  });

  test('with an unknown kind of broker is refused', () => {
    expect(() => readEnvironment({ ...dev, broker: 'rabbit' })).toThrow(/broker/);
  });

  test.each(['tagger', 'briefs', 'recommender'] as const)('with %s and no broker is refused', (name) => {
    const { tagger, briefs, recommender, ...others } = dev.workloads;
    const without = {
      tagger: { ...tagger, enabled: false },
      briefs: { ...briefs, enabled: false },
      recommender: { ...recommender, enabled: false },
    };
    const one = { ...others, ...without, [name]: { ...without[name], enabled: true } };
    expect(() => readEnvironment({ ...dev, broker: 'none', workloads: one })).toThrow(`The ${name} reads from Kafka`);
    const workloads = { ...others, ...without };
    expect(readEnvironment({ ...dev, broker: 'none', workloads }).broker).toBe('none');
  });

  test('with several faults names them all', () => {
    const faulty = { ...dev, region: 'Tokyo', mail: { from: 'nobody', to: [] } };

    expect(() => readEnvironment(faulty)).toThrow(
      /region[\s\S]*mail\.from[\s\S]*mail\.to|mail\.from[\s\S]*mail\.to[\s\S]*region/,
    );
  });

  test('may name the topics of a tagger’s service, and none of them twice', () => {
    const { tagger } = dev.workloads;
    const services = (...given: unknown[]) =>
      readEnvironment({ ...dev, workloads: { ...dev.workloads, tagger: { ...tagger, services: given } } }).workloads
        .tagger.services;

    expect(services('wx', { name: 'app', in: 'posts', out: 'tagged_posts' }, { name: 'web', in: 'pages' })).toEqual([
      { name: 'wx', in: 'wx.messages', out: 'wx.messages.tagged', compression: 'gzip' },
      { name: 'app', in: 'posts', out: 'tagged_posts', compression: 'gzip' },
      { name: 'web', in: 'pages', out: 'web.messages.tagged', compression: 'gzip' },
    ]);
    expect(() => services('wx', 'wx')).toThrow(/A service stands once/);
    for (const twice of [
      { in: 'wx.messages' },
      { in: 'wx.messages.tagged' },
      { out: 'wx.messages' },
      { out: 'app.messages' },
    ])
      expect(() => services('wx', { name: 'app', ...twice }), JSON.stringify(twice)).toThrow(/A topic stands once/);
    expect(() => services({ name: 'app', in: 'a topic' })).toThrow(/services/);
    expect(() => services()).toThrow(/services/);
  });

  test('with an unknown county is refused', () => {
    const { presale } = dev.workloads;

    expect(() => readEnvironment({ ...dev, workloads: { presale: { ...presale, counties: ['A', 'L'] } } })).toThrow(
      /counties/,
    );
  });

  test('holds only what differs from a workload’s settings, and no unread keys', () => {
    const { filesDelaySeconds } = dev.workloads.recommender;
    const workloads = { recommender: { filesDelaySeconds }, tagger: { pages: { workers: 9 } } };
    const named = readEnvironment({ ...dev, workloads }).workloads;

    expect(named).toEqual({
      ...dev.workloads,
      tagger: { ...dev.workloads.tagger, pages: { ...dev.workloads.tagger.pages, workers: 9 } },
    });
    expect(() => readEnvironment({ ...dev, workloads: { presale: { paralelCounties: 6 } } })).toThrow(
      /paralelCounties/,
    );
    expect(() => readEnvironment({ ...dev, workloads: { tager: { enabled: false } } })).toThrow(/tager/);
  });

  test('that pauses must be able to go down to nothing', () => {
    const database = { ...dev.database, minAcu: 1 };

    expect(() => readEnvironment({ ...dev, database })).toThrow(/Only 0 ACU can pause/);
  });

  test.each(environmentNames)(
    '%s sends mail from and to reserved addresses only, until somebody fills in theirs',
    (name) => {
      const { mail } = environmentNamed(name);

      for (const address of [mail.from, ...mail.to]) expect(address).toMatch(/@example\.com$/);
    },
  );
});
