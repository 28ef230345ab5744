import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useAddress } from '../../lists/address.ts';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Buckets } from './buckets.tsx';
import { Faults } from './faults.tsx';
import { Functions } from './functions.tsx';
import { Logs } from './logs.tsx';
import { useMachine } from './machine-client.ts';
import { Mails } from './mails.tsx';
import { Queues } from './queues.tsx';
import { Topics } from './topics.tsx';

const tabs = { functions: Functions, queues: Queues, topics: Topics, buckets: Buckets, mails: Mails, logs: Logs };

// What the address names within a tab.
const nothingChosen = { bucket: undefined, prefix: undefined, after: undefined, topic: undefined, id: undefined };

/** What only one machine has: its parts from the inside, and what can be broken on purpose. */
export default function Machine() {
  const { t } = useTexts();
  const address = useAddress();
  const machine = useMachine();
  if (!machine) return <Waiting lines={5} />;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={
          <>
            {t('machine.about')} {t('machine.clock')}: <Moment at={machine.now} />
          </>
        }
      >
        {t('machine.title')}
      </Header>
      <Tabs
        activeTabId={address.get('tab') ?? 'functions'}
        onChange={({ detail }) => address.set({ tab: detail.activeTabId, ...nothingChosen })}
        tabs={[
          ...Object.entries(tabs).map(([id, Content]) => ({
            id,
            label: t(`machine.${id as keyof typeof tabs}`),
            content: <Content machine={machine} />,
          })),
          { id: 'faults', label: t('machine.faults'), content: <Faults machine={machine} /> },
        ]}
      />
    </SpaceBetween>
  );
}
