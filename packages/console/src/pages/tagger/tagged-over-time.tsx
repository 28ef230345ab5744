import { answer, api } from '../../api/client.ts';
import { useAddress } from '../../lists/address.ts';
import { ChoiceFilter } from '../../lists/filters.tsx';
import { useTexts } from '../../texts/index.ts';
import { CountsOverTime } from '../../values/counts-over-time.tsx';
import { spanSteps } from '../../values/span-steps.ts';

const spans = { '1': 1, '3': 3, '30': 30 } as const;
const dayMs = 86_400_000;
const parts = ['out', 'filtered', 'failed'] as const;
// As the overview has them.
const colors = { out: '#2b8a3e', filtered: '#8c8c94', failed: '#d13212' } as const;

/** What became of messages, hour by hour or day by day; what came in and is neither waits for its page. */
export function TaggedOverTime() {
  const { t } = useTexts();
  const address = useAddress();
  const days = Object.keys(spans).find((known) => known === address.get('days')) ?? '1';
  const now = Date.now();
  const span = spanSteps(new Date(now - Number(days) * dayMs).toISOString(), undefined, now);
  return (
    <CountsOverTime
      title={t('tagger.over-time')}
      description={t('tagger.over-time-about')}
      asked={['tagged-over-time', days]}
      span={span}
      load={async () => {
        const query = { ...span, workload: 'tagger' };
        const { data } = (await answer(api.GET('/platform/stream-counts', { params: { query } }))).result;
        return data.length === 0
          ? []
          : parts.map((part) => ({
              title: t(`runs.${part}`),
              color: colors[part],
              data: data.map((row) => ({ x: row.at, y: row[part] })),
            }));
      }}
      empty={t('tagger.nothing-came')}
      actions={
        <ChoiceFilter
          address={address}
          name="days"
          label={t('recommender.span')}
          choices={Object.keys(spans).map((value) => ({
            value,
            label: value === '1' ? t('overview.hours') : t('recommender.last-days', { days: value }),
          }))}
          standard="1"
        />
      }
    />
  );
}
