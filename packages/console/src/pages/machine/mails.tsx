import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useAddress } from '../../lists/address.ts';
import { openColumn } from '../../lists/columns.tsx';
import { Problem } from '../../lists/problem.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { askMachine } from './machine-client.ts';

interface Mail {
  readonly id: string;
  readonly at: string;
  readonly to: readonly string[];
  readonly subject: string;
}

/** The mails that were sent on this machine, which reach nobody: the newest, and one with what it says. */
export function Mails() {
  const { t } = useTexts();
  const { get, set } = useAddress();
  const id = get('id');
  return (
    <SpaceBetween size="l">
      {id !== undefined && <OneMail id={id} />}
      <QueryTable<Mail>
        title={t('machine.mails')}
        description={t('machine.mails-about')}
        asked={['machine', 'mails']}
        load={async () => (await askMachine<{ data: readonly Mail[] }>('/mails?length=200')).data}
        empty={t('machine.no-mails')}
        columns={[
          openColumn(
            'subject',
            t('machine.subject'),
            ({ subject }) => subject,
            ({ id: mail }) => set({ id: mail }),
          ),
          { id: 'to', header: t('machine.to'), cell: ({ to }) => to.join(', ') },
          { id: 'at', header: t('machine.at'), cell: ({ at }) => <Moment at={at} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function OneMail({ id }: { readonly id: string }) {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['machine', 'mails', id],
    queryFn: () => askMachine<Mail & { readonly text: string }>(`/mails/${encodeURIComponent(id)}`),
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { subject, to, at, text } = query.data;
  return (
    <Container
      header={
        <Header variant="h2" description={`${t('machine.to')}: ${to.join(', ')}`}>
          {subject}
        </Header>
      }
    >
      <Box color="text-body-secondary">
        <Moment at={at} />
      </Box>
      <StoredText block text={text} />
    </Container>
  );
}
