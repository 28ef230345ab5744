import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useAddress } from '../../lists/address.ts';
import { openColumn } from '../../lists/columns.tsx';
import { Problem } from '../../lists/problem.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Bytes } from '../../values/numbers.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { askMachine, type MachineOverview } from './machine-client.ts';

interface Entry {
  readonly name: string;
  /** A folder's ends in a slash. */
  readonly key: string;
  readonly bytes?: number;
  readonly at?: string;
  /** Where the folder goes on: the last row of one that has more. */
  readonly after?: string;
}

interface Folder {
  readonly folders: readonly string[];
  readonly objects: readonly { readonly key: string; readonly bytes: number; readonly at: string }[];
  readonly after: string | null;
}

/** The buckets as folders, one object with its beginning as text, and a download of it. */
export function Buckets({ machine }: { readonly machine: MachineOverview }) {
  const { t } = useTexts();
  const { get, set } = useAddress();
  // What was fetched and made is what people look for; a log of accesses is beside it.
  const standard = machine.buckets.find((name) => name.includes('raw-bucket')) ?? machine.buckets[0] ?? '';
  const bucket = get('bucket') ?? standard;
  const prefix = get('prefix') ?? '';
  const id = get('id');
  const after = get('after');
  const open = (entry: Entry) => {
    if (entry.after !== undefined) return set({ after: entry.after, id: undefined });
    if (entry.bytes === undefined) return set({ prefix: entry.key, after: undefined, id: undefined });
    return set({ id: entry.key });
  };
  return (
    <SpaceBetween size="l">
      <SpaceBetween direction="horizontal" size="s">
        {machine.buckets.map((name) => (
          <Button
            key={name}
            variant={name === bucket ? 'primary' : 'normal'}
            onClick={() => set({ bucket: name, prefix: undefined, after: undefined, id: undefined })}
          >
            {name}
          </Button>
        ))}
      </SpaceBetween>
      <Path bucket={bucket} prefix={prefix} open={(to) => set({ prefix: to, after: undefined, id: undefined })} />
      {id !== undefined && <Preview bucket={bucket} name={id} />}
      <QueryTable<Entry>
        title={prefix === '' ? bucket : prefix}
        asked={['machine', 'buckets', bucket, prefix, after]}
        load={() => entriesOf(bucket, { prefix, ...(after === undefined ? {} : { after }) })}
        empty={t('machine.empty-folder')}
        columns={entryColumns(t, open)}
      />
    </SpaceBetween>
  );
}

interface PathProps {
  readonly bucket: string;
  readonly prefix: string;
  readonly open: (prefix: string) => void;
}

/** The folders above, each a way back. */
function Path({ bucket, prefix, open }: PathProps) {
  const { t } = useTexts();
  const crumbs = prefix.split('/').slice(0, -1);
  const above = (depth: number) =>
    crumbs
      .slice(0, depth)
      .map((one) => `${one}/`)
      .join('');
  return (
    <BreadcrumbGroup
      items={[bucket, ...crumbs].map((text, depth) => ({ text, href: `#${above(depth)}` }))}
      onFollow={(event) => {
        event.preventDefault();
        open(event.detail.href.slice(1));
      }}
      ariaLabel={t('machine.place')}
    />
  );
}

async function entriesOf(
  bucket: string,
  asked: { readonly prefix: string; readonly after?: string },
): Promise<readonly Entry[]> {
  const { prefix } = asked;
  const place = `/buckets/${encodeURIComponent(bucket)}?${new URLSearchParams(asked)}`;
  const { folders, objects, after } = await askMachine<Folder>(place);
  const nameOf = (key: string) => key.slice(prefix.length);
  return [
    ...folders.map((key) => ({ key, name: nameOf(key) })),
    ...objects.map((one) => ({ ...one, name: nameOf(one.key) })),
    ...(after === null ? [] : [{ key: '', name: '', after }]),
  ];
}

function entryColumns(t: Tell, open: (entry: Entry) => void) {
  return [
    openColumn<Entry>(
      'name',
      t('briefs.name'),
      ({ name, after }) => (after === undefined ? name : t('list.next')),
      open,
    ),
    { id: 'bytes', header: t('machine.size'), cell: ({ bytes }: Entry) => <Bytes of={bytes} /> },
    { id: 'at', header: t('machine.at'), cell: ({ at }: Entry) => <Moment at={at} /> },
  ];
}

interface Previewed {
  readonly bytes: number;
  readonly type: string;
  readonly text: string | null;
  readonly cut: boolean;
}

function Preview({ bucket, name }: { readonly bucket: string; readonly name: string }) {
  const { t } = useTexts();
  const place = `/buckets/${encodeURIComponent(bucket)}`;
  const asked = new URLSearchParams({ key: name });
  const query = useQuery({
    queryKey: ['machine', 'object', bucket, name],
    queryFn: () => askMachine<Previewed>(`${place}/preview?${asked}`),
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { bytes, type, text, cut } = query.data;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              {type} · <Bytes of={bytes} /> {cut && t('machine.cut')}
            </>
          }
          actions={
            <Link href={`/local${place}/download?${asked}`} external={false} variant="primary">
              {t('machine.download')}
            </Link>
          }
        >
          {name.split('/').at(-1)}
        </Header>
      }
    >
      {text === null ? t('machine.no-text') : <StoredText block text={text} />}
    </Container>
  );
}
