import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useAddress } from '../../lists/address.ts';
import { TextFilter } from '../../lists/filters.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { StoredText } from '../../values/stored-text.tsx';
import { askMachine } from './machine-client.ts';

type Line = Readonly<Record<string, unknown>>;

/** The lines that one piece of work has said, by its correlation id. */
export function Logs() {
  const { t } = useTexts();
  const address = useAddress();
  const id = address.get('id');
  return (
    <Container header={<Header variant="h2">{t('machine.logs')}</Header>}>
      <SpaceBetween size="m">
        <TextFilter address={address} name="id" label={t('machine.correlation')} />
        {id === undefined ? t('machine.logs-about') : <Lines id={id} />}
      </SpaceBetween>
    </Container>
  );
}

function Lines({ id }: { readonly id: string }) {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['machine', 'logs', id],
    queryFn: () =>
      askMachine<{ lines: readonly Line[]; cut: boolean }>(`/logs?${new URLSearchParams({ correlation_id: id })}`),
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { lines, cut } = query.data;
  if (lines.length === 0) return <>{t('machine.no-lines')}</>;
  return (
    <SpaceBetween size="s">
      {cut && t('machine.newest-lines', { count: lines.length })}
      <StoredText block text={lines.map(lineText).join('\n')} />
    </SpaceBetween>
  );
}

/** `2026-11-21T02:00:00Z INFO presale/fetch-county The file is there {...}`: what all lines have first. */
function lineText({ timestamp, level, service, message, correlation_id: _, ...rest }: Line): string {
  return [timestamp, level, service, message, JSON.stringify(rest)].filter((one) => one !== undefined).join(' ');
}
