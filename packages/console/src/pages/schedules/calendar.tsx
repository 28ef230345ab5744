import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { answer, api } from '../../api/client.ts';
import { useAddress } from '../../lists/address.ts';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { stateText, useTexts } from '../../texts/index.ts';
import { type CalendarDay, type CalendarSlot, cellsOf, daysOf } from './calendar-days.ts';

const lookAgainMs = 60_000;
// Of the names, which stay where they are, and of the day before.
const namesWidth = 190;

/** Each schedule's slots by day, coloured by what came of them, a week that was and one to come. A day opens its slots. */
export function Calendar() {
  const { t } = useTexts();
  const { get, set } = useAddress();
  const week = Math.trunc(Number(get('week') ?? 0)) || 0;
  const { days, end } = daysOf(new Date(), week);
  const span = { from: days[0]?.toISOString() ?? '', to: end.toISOString() };
  const query = useQuery({
    queryKey: ['calendar', span],
    queryFn: async () => (await answer(api.GET('/platform/schedules/slots', { params: { query: span } }))).result.data,
    refetchInterval: lookAgainMs,
  });
  const move = (weeks: number) => set({ week: weeks === 0 ? undefined : String(weeks) });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={t('schedules.calendar-about')}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="angle-left" ariaLabel={t('schedules.earlier')} onClick={() => move(week - 1)} />
              <Button disabled={week === 0} onClick={() => move(0)}>
                {t('schedules.today')}
              </Button>
              <Button iconName="angle-right" ariaLabel={t('schedules.later')} onClick={() => move(week + 1)} />
            </SpaceBetween>
          }
        >
          {t('schedules.calendar')}
        </Header>
      }
    >
      {query.isPending && <Waiting lines={5} />}
      {query.isError && <Problem error={query.error} again={query.refetch} />}
      {query.data && <Days slots={query.data} days={days} />}
    </Container>
  );
}

/** Begins where today is; on a phone two weeks are wider than the screen. */
function useTodayInView(first: number | undefined) {
  const place = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other days begin where today is, too
  useEffect(() => {
    const column = place.current?.querySelector<HTMLElement>('.today');
    if (place.current && column) place.current.scrollLeft = column.offsetLeft - namesWidth;
  }, [first]);
  return place;
}

function Days({ slots, days }: { readonly slots: readonly CalendarSlot[]; readonly days: readonly Date[] }) {
  const { t, language } = useTexts();
  const schedules = [...Map.groupBy(slots, ({ schedule }) => schedule)].sort(([a], [b]) => a.localeCompare(b));
  const today = new Date().toDateString();
  const place = useTodayInView(days[0]?.getTime());
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="calendar" ref={place} tabIndex={0} aria-label={t('schedules.calendar')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('schedules.schedule')}</th>
            {days.map((day) => (
              <th key={day.toISOString()} scope="col" className={day.toDateString() === today ? 'today' : ''}>
                {day.toLocaleDateString(language, { weekday: 'short' })}
                <br />
                {day.toLocaleDateString(language, { month: 'numeric', day: 'numeric' })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {schedules.map(([schedule, own]) => (
            <tr key={schedule}>
              <th scope="row">{schedule}</th>
              {cellsOf(own, days).map((cell, index) => (
                <Cell key={days[index]?.toISOString()} cell={cell} schedule={schedule} day={days[index]} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CellProps {
  readonly cell: CalendarDay;
  readonly schedule: string;
  readonly day: Date | undefined;
}

function Cell({ cell: { looks }, schedule, day }: CellProps) {
  const { t, language } = useTexts();
  const { set } = useAddress();
  const [first] = looks;
  if (!first || !day) return <td />;
  const words = looks.map(([look, count]) => `${stateText(t, look)} ${count}`).join(', ');
  const sum = looks.reduce((all, [, count]) => all + count, 0);
  const label = `${schedule}, ${day.toLocaleDateString(language)}: ${words}`;
  const next = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
  return (
    <td>
      <button
        type="button"
        className={first[0]}
        title={label}
        aria-label={`${label} (${sum})`}
        onClick={() => set({ schedule, from: dateOf(day), to: dateOf(next) })}
      >
        {sum}
      </button>
    </td>
  );
}

/** As the filters of the list have a day. */
function dateOf(day: Date): string {
  const parts = [day.getFullYear(), day.getMonth() + 1, day.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}
