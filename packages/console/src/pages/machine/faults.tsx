import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { type TextKey, useTexts } from '../../texts/index.ts';
import { askMachine, type MachineOverview } from './machine-client.ts';

/** What can be broken on purpose, to see how the stack bears it: sample sites, functions, services. */
export function Faults({ machine }: { readonly machine: MachineOverview }) {
  return (
    <SpaceBetween size="l">
      {machine.sites.map((site) => (
        <SiteFaults key={site} site={site} />
      ))}
      <FunctionFaults />
      <RefusedServices />
    </SpaceBetween>
  );
}

// The sites know more; these two are what people try first, and both sites have them.
const siteFaults = { stopped: { kind: 'reset' }, broken: { kind: 'status', status: 500 } } as const;

function SiteFaults({ site }: { readonly site: string }) {
  const { t } = useTexts();
  const place = `/sites/${site}/faults`;
  const asked = ['machine', 'faults', site];
  const query = useQuery({ queryKey: asked, queryFn: () => askMachine<readonly object[]>(place) });
  const order = useOrder(asked, (fault: object | undefined) =>
    fault === undefined ? askMachine(place, {}, 'DELETE') : askMachine(place, fault),
  );
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const broken = (query.data?.length ?? 0) > 0;
  return (
    <Container
      header={
        <Header variant="h2" description={t('machine.site-about')}>
          {t('machine.site', { site })}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Alert type={broken ? 'warning' : 'success'}>
          {broken ? t('machine.site-broken') : t('machine.site-well')}
          {broken && <code> {JSON.stringify(query.data)}</code>}
        </Alert>
        <SpaceBetween direction="horizontal" size="s">
          <Button loading={order.isPending} disabled={!broken} onClick={() => order.mutate(undefined)}>
            {t('machine.site-mend')}
          </Button>
          {Object.entries(siteFaults).map(([name, fault]) => (
            <Button key={name} loading={order.isPending} onClick={() => order.mutate(fault)}>
              {t(`machine.site-${name}-now` as TextKey)}
            </Button>
          ))}
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

interface FaultSettings {
  readonly duplicate: boolean;
  readonly deliveries: number;
  readonly crashBefore: number;
  readonly crashAfter: number;
}

// Often enough to be seen soon; work still gets done between.
const crashShare = 0.2;

function FunctionFaults() {
  const { t } = useTexts();
  const asked = ['machine', 'faults'];
  const query = useQuery({ queryKey: asked, queryFn: () => askMachine<FaultSettings>('/faults') });
  const order = useOrder(asked, (change: Partial<FaultSettings>) => askMachine('/faults', change));
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { duplicate, crashBefore, crashAfter } = query.data;
  const box = (label: TextKey, checked: boolean, change: (on: boolean) => Partial<FaultSettings>) => (
    <Checkbox
      checked={checked}
      disabled={order.isPending}
      onChange={({ detail }) => order.mutate(change(detail.checked))}
    >
      {t(label)}
    </Checkbox>
  );
  return (
    <Container header={<Header variant="h2">{t('machine.functions-fail')}</Header>}>
      <SpaceBetween size="s">
        {box('machine.duplicate', duplicate, (on) => ({ duplicate: on }))}
        {box('machine.crash-before', crashBefore > 0, (on) => ({ crashBefore: on ? crashShare : 0 }))}
        {box('machine.crash-after', crashAfter > 0, (on) => ({ crashAfter: on ? crashShare : 0 }))}
      </SpaceBetween>
    </Container>
  );
}

const services = ['s3', 'sqs', 'ses', 'secretsmanager', 'states'].map((value) => ({ value, label: value }));
const refusedSeconds = 60;

function RefusedServices() {
  const { t } = useTexts();
  const { tell } = useNotices();
  const [service, choose] = useState(services[0]);
  const order = useOrder(['machine', 'faults'], async (name: string) => {
    await askMachine('/refuse', { service: name, seconds: refusedSeconds });
    tell(t('machine.refused', { service: name, seconds: refusedSeconds }));
  });
  return (
    <Container header={<Header variant="h2">{t('machine.services-fail')}</Header>}>
      <SpaceBetween direction="horizontal" size="s">
        <Select
          ariaLabel={t('machine.service')}
          options={services}
          selectedOption={service ?? null}
          onChange={({ detail }) => choose(services.find(({ value }) => value === detail.selectedOption.value))}
        />
        <Button loading={order.isPending} onClick={() => service && order.mutate(service.value)}>
          {t('machine.refuse', { seconds: refusedSeconds })}
        </Button>
      </SpaceBetween>
    </Container>
  );
}

/** Gives an order, and looks again at what is set. */
function useOrder<T>(asked: readonly string[], give: (order: T) => Promise<unknown>) {
  const { tellError } = useNotices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: give,
    onError: tellError,
    onSettled: () => queries.invalidateQueries({ queryKey: asked }),
  });
}
