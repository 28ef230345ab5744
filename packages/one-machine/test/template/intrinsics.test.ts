// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are CloudFormation's
import { expect, test } from 'vitest';
import type { StackFiles, Template } from '../../src/template/assembly-files.ts';
import { resolverOf, TemplateError } from '../../src/template/intrinsics.ts';
import { localReferences } from '../../src/template/local-references.ts';
import { resourceTypes } from '../../src/template/resource-types.ts';

const named = (Type: string, path: string) => ({ Type, Metadata: { 'aws:cdk:path': path } });

const data: Template = {
  Parameters: { BootstrapVersion: { Type: 'String', Default: '6' }, Nothing: { Type: 'String' } },
  Resources: {
    MailsF1: named('AWS::SQS::Queue', 'Shop-dev-Data/Mails/Resource'),
    RawB2: named('AWS::S3::Bucket', 'Shop-dev-Data/Raw/Resource'),
    TokenS3: named('AWS::SecretsManager::Secret', 'Shop-dev-Data/Users/Resource'),
    DbC4: named('AWS::RDS::DBCluster', 'Shop-dev-Data/Database/Resource'),
    FlowM5: named('AWS::StepFunctions::StateMachine', 'Shop-dev-Data/Flow/Resource'),
    LoadL6: named('AWS::Lambda::Function', 'Shop-dev-Data/Load/Resource'),
    LoadV7: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'LoadL6' } } },
  },
  Outputs: {
    ExportedBucket: { Value: { 'Fn::GetAtt': ['RawB2', 'Arn'] }, Export: { Name: 'Data:Raw' } },
    Plain: { Value: { Ref: 'MailsF1' } },
  },
};
const stacks: readonly StackFiles[] = [
  { name: 'Data', template: data },
  { name: 'Api', template: { Resources: {} } },
];
const references = localReferences(stacks, { region: 'ap-northeast-1', app: 'shop', types: resourceTypes });
const resolve = (value: unknown) => resolverOf('Data', data, references)(value);

test.each([
  ['a pseudo parameter', { Ref: 'AWS::Region' }, 'ap-northeast-1'],
  ['the account', { Ref: 'AWS::AccountId' }, '000000000000'],
  ['a parameter', { Ref: 'BootstrapVersion' }, '6'],
  ['a queue, its URL', { Ref: 'MailsF1' }, 'https://sqs.invalid/Mails'],
  ['a bucket, its name', { Ref: 'RawB2' }, 'shop-raw'],
  ['a secret, its ARN', { Ref: 'TokenS3' }, 'arn:aws:secretsmanager:ap-northeast-1:000000000000:secret:Users-local0'],
  ['a function, its name', { Ref: 'LoadL6' }, 'Load'],
  ['a version, its function’s ARN', { Ref: 'LoadV7' }, 'arn:aws:lambda:ap-northeast-1:000000000000:function:Load:1'],
])('Ref of %s', (_name, value, expected) => {
  expect(resolve(value)).toBe(expected);
});

test.each([
  [['MailsF1', 'Arn'], 'arn:aws:sqs:ap-northeast-1:000000000000:Mails'],
  ['MailsF1.QueueName', 'Mails'],
  [['FlowM5', 'Arn'], 'arn:aws:states:ap-northeast-1:000000000000:stateMachine:Flow'],
  [['DbC4', 'Endpoint.Address'], 'database.invalid'],
  ['DbC4.Endpoint.Port', '5432'],
])('Fn::GetAtt of %j', (path, expected) => {
  expect(resolve({ 'Fn::GetAtt': path })).toBe(expected);
});

test.each([
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 1]] }, 'a-ap-northeast-1-1'],
  ['Fn::Join of what a function gives', { 'Fn::Join': ['', { 'Fn::Split': ['-', 'a-b'] }] }, 'ab'],
  [
    'Fn::Sub of a text',
    { 'Fn::Sub': '${AWS::Region}/${MailsF1.Arn}/${RawB2}' },
    'ap-northeast-1/arn:aws:sqs:ap-northeast-1:000000000000:Mails/shop-raw',
  ],
  [
    'Fn::Sub with variables',
    { 'Fn::Sub': ['${Where}/${!Literal}', { Where: { Ref: 'AWS::Region' } }] },
    'ap-northeast-1/${Literal}',
  ],
  ['Fn::Select and Fn::Split', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  ['Fn::ImportValue', { 'Fn::ImportValue': 'Data:Raw' }, 'arn:aws:s3:::shop-raw'],
  [
    'Fn::GetStackOutput',
    { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Plain' } },
    'https://sqs.invalid/Mails',
  ],
  ['Fn::GetAZs', { 'Fn::GetAZs': '' }, ['ap-northeast-1a', 'ap-northeast-1b', 'ap-northeast-1c']],
])('%s', (_name, value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test('functions are resolved however deep they stand, and the rest stays as it is', () => {
  const value = { a: [{ b: { Ref: 'AWS::Region' } }, 5, null, true], 'c.d': { e: 'Ref' } };

  expect(resolve(value)).toEqual({ a: [{ b: 'ap-northeast-1' }, 5, null, true], 'c.d': { e: 'Ref' } });
});

test('what refers to no value is as if it were not there', () => {
  const nothing = { Ref: 'AWS::NoValue' };

  expect(resolve({ gone: nothing, kept: 1, list: [nothing, 2] })).toEqual({ kept: 1, list: [2] });
});

test.each([
  [{ 'Fn::Cidr': 'x' }, 'Fn::Cidr is not known'],
  [{ 'Fn::If': ['c', 1, 2] }, 'Fn::If is not known'],
  [{ 'Fn::FindInMap': ['a', 'b', 'c'] }, 'Fn::FindInMap is not known'],
  [{ Ref: 'Nowhere' }, 'Nowhere, which is not in the template'],
  [{ Ref: 'Nothing' }, 'parameter Nothing, which has no default'],
  [{ 'Fn::GetAtt': ['Nowhere', 'Arn'] }, 'Nowhere, which is not in the template'],
  [{ 'Fn::GetAtt': ['LoadL6', 'SnapStartResponse'] }, 'attribute SnapStartResponse of LoadL6'],
  [{ 'Fn::Select': ['3', ['a']] }, 'item 3, which is not there'],
  [{ 'Fn::ImportValue': 'Other' }, 'No stack exports Other'],
  [{ 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Other' } }, 'has no output Other'],
  [{ 'Fn::Join': ['-', [{ a: 1 }]] }, 'Text was expected, not {"a":1}'],
])('%j is an error that names what is wrong', (value, message) => {
  const resolving = () => resolve(value);

  expect(resolving).toThrow(TemplateError);
  expect(resolving).toThrow(message);
});
