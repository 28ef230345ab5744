import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from '../lists/problem.tsx';
import { useTexts } from '../texts/index.ts';
import { type DrawnSeries, OverTime } from './over-time.tsx';
import { type SpanSteps, stepsOf, stepText } from './span-steps.ts';

interface CountsOverTimeProps {
  readonly title: string;
  readonly description?: string;
  readonly actions?: ReactNode;
  /** Names what is asked for in the cache. */
  readonly asked: readonly unknown[];
  readonly span: SpanSteps;
  readonly load: () => Promise<readonly DrawnSeries[]>;
  readonly empty: string;
}

const lookAgainMs = 30_000;

/** Counts by the hour or the day, as bars on top of each other; it looks again by itself. */
export function CountsOverTime({ title, description, actions, asked, span, load, empty }: CountsOverTimeProps) {
  const { t, language } = useTexts();
  const query = useQuery({ queryKey: [...asked, span], queryFn: load, refetchInterval: lookAgainMs });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const format = (value: number) => value.toLocaleString(language, { maximumFractionDigits: 0 });
  return (
    <Container
      header={
        <Header variant="h2" description={description} actions={actions}>
          {title}
        </Header>
      }
    >
      <OverTime
        stacked
        series={query.data ?? []}
        label={title}
        xTitle={t(span.step === 'hour' ? 'chart.hour' : 'chart.day')}
        yTitle={t('failures.count')}
        format={format}
        domain={stepsOf(span)}
        xFormat={(at) => stepText(at, span.step, language)}
        waits={query.isPending}
        empty={empty}
      />
    </Container>
  );
}
