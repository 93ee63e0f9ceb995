import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  type EnvironmentResponse,
  type EventSourceMappingConfiguration,
  type FilterCriteria,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import pMap from 'p-map';
import { digestOf } from '#core/digest.ts';
import { canonicalJson, objectOf, type Json, type JsonObject } from '#core/json.ts';
import { ABSENT, mapReading, present, type JsonReading } from '#core/reading.ts';
import { plumblineSelf } from './declaration.ts';
import { callOf, type PartReader, type PartRequest } from './parts-reader.ts';
import { pick, policyReading, sorted, together } from './readings.ts';

const { reads } = plumblineSelf;

/** So much of a digest tells one input from another. */
const SHOWN_DIGEST = 12;

/** States of an event source in which messages are taken, or soon will be. */
const TAKING = new Set(['Creating', 'Enabling', 'Enabled', 'Updating']);

/** A function: may it run, what code does it run, and what does it take messages from? */
export const readFunction: PartReader = async (request) => {
  const { aws, name: FunctionName } = request;
  const call = <O>(send: (lambda: LambdaClient) => Promise<O>) => callOf(request, LambdaClient, send);
  const configuration = mapReading(
    await aws.read(
      reads.function,
      call((lambda) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))),
    ),
    ({ CodeSha256, Role, Handler, Timeout, Layers = [], Environment }) =>
      pick({
        code: CodeSha256,
        role: Role,
        handler: Handler,
        timeout: Timeout,
        layers: Layers.length === 0 ? undefined : Layers.flatMap(({ Arn }) => Arn ?? []),
        ...variablesOf(Environment),
      }),
  );
  const concurrency = mapReading(
    await aws.read(
      reads.concurrency,
      call((lambda) => lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))),
    ),
    ({ ReservedConcurrentExecutions }) => ({ concurrency: ReservedConcurrentExecutions ?? 'not reserved' }),
  );
  const sources = mapReading(
    await aws.read(
      reads.sources,
      call((lambda) => lambda.send(new ListEventSourceMappingsCommand({ FunctionName }))),
    ),
    ({ EventSourceMappings = [] }) => takingOf(EventSourceMappings),
  );
  const policy = await aws.read(
    reads.functionPolicy,
    call((lambda) => lambda.send(new GetPolicyCommand({ FunctionName }))),
  );
  return {
    watched: {
      condition: together(configuration, concurrency, sources),
      policy: policyReading(mapReading(policy, ({ Policy }) => Policy)),
    },
  };
};

/** What a function is told by its environment, a member each: it decides where it writes, what it tells and whom its SDK asks. */
function variablesOf({ Variables = {}, Error: error }: EnvironmentResponse = {}): JsonObject {
  if (error !== undefined) return { variables: `cannot be read (${error.ErrorCode ?? 'unknown'})` };
  return pick(Object.fromEntries(Object.entries(Variables).map(([name, value]) => [`variable ${name}`, value])));
}

/**
 * What a function takes messages from; of those, which only in part, since Lambda deletes what no filter of a queue lets through; and
 * which as whole batches, of which a message that failed is deleted with the rest.
 */
function takingOf(mappings: readonly EventSourceMappingConfiguration[]): JsonObject {
  const taking = mappings.flatMap(({ EventSourceArn, State, ...mapping }) =>
    EventSourceArn !== undefined && TAKING.has(State ?? '')
      ? [{ queue: EventSourceArn.split(':').at(-1) ?? '', ...mapping }]
      : [],
  );
  const inPart = taking.filter(
    ({ FilterCriteria, FilterCriteriaError }) =>
      (FilterCriteria?.Filters ?? []).length > 0 || FilterCriteriaError !== undefined,
  );
  const whole = taking.filter(({ FunctionResponseTypes = [] }) => !FunctionResponseTypes.includes(REPORTS_FAILURES));
  return pick({
    takesFrom: sorted(taking.map(({ queue }) => queue)),
    inPart:
      inPart.length === 0
        ? undefined
        : sorted(inPart.map(({ queue, FilterCriteria }) => canonicalJson([queue, patternsOf(FilterCriteria)]))),
    wholeBatches: whole.length === 0 ? undefined : sorted(whole.map(({ queue }) => queue)),
  });
}

const REPORTS_FAILURES = 'ReportBatchItemFailures';

function patternsOf({ Filters = [] }: FilterCriteria = {}): readonly string[] {
  return sorted(Filters.flatMap(({ Pattern }) => Pattern ?? []));
}

/** A role: who may assume it, and what it may do. */
export const readRole: PartReader = async (request) => {
  const { aws, name: RoleName } = request;
  const role = await aws.read(
    reads.role,
    inIam(request, (iam) => iam.send(new GetRoleCommand({ RoleName }))),
  );
  const boundary = mapReading(role, ({ Role }) =>
    pick({ boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn }),
  );
  const attached = mapReading(
    await aws.read(
      reads.attachedPolicies,
      inIam(request, (iam) => iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))),
    ),
    ({ AttachedPolicies = [] }) => ({ attached: sorted(AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? [])) }),
  );
  return {
    watched: {
      condition: mapReading(role, (): Json => ({ is: 'there' })),
      policy: policyReading(mapReading(role, ({ Role }) => decoded(Role?.AssumeRolePolicyDocument))),
      permissions: together(boundary, attached, await inlinePolicies(request)),
    },
  };
};

/** By name, each by its meaning. */
async function inlinePolicies(request: PartRequest): Promise<JsonReading> {
  const { aws, name: RoleName } = request;
  const names = await aws.read(
    reads.rolePolicies,
    inIam(request, (iam) => iam.send(new ListRolePoliciesCommand({ RoleName }))),
  );
  if (names.status !== 'present') return names;
  const policies = await pMap(
    names.value.PolicyNames ?? [],
    async (PolicyName): Promise<readonly [string, JsonReading]> => {
      const answer = await aws.read(
        reads.rolePolicy,
        inIam(request, (iam) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
      );
      return [
        `inline ${PolicyName}`,
        policyReading(mapReading(answer, ({ PolicyDocument }) => decoded(PolicyDocument))),
      ];
    },
    { concurrency: 2 },
  );
  const blind = policies.find(([, { status }]) => status === 'unreadable');
  if (blind !== undefined) return blind[1];
  return present(
    objectOf(
      policies.flatMap(([name, reading]): [string, Json][] =>
        reading.status === 'present' ? [[name, reading.value]] : [],
      ),
    ),
  );
}

/** IAM's policies come URL-encoded (RFC 3986). */
function decoded(document: string | undefined): string | undefined {
  try {
    return document === undefined ? undefined : decodeURIComponent(document);
  } catch {
    return document;
  }
}

/** IAM is global: it is asked where the partition's global services are. */
function inIam<O>(request: PartRequest, send: (iam: IAMClient) => Promise<O>) {
  return { ...callOf(request, IAMClient, send), region: 'global' };
}

/** A schedule: is it on, how often, and what does it start with what? What it brings may be long, so it is known by its digest. */
export const readSchedule: PartReader = async (request) => {
  const { aws, name: Name } = request;
  const answer = await aws.read(
    reads.schedule,
    callOf(request, SchedulerClient, (scheduler) => scheduler.send(new GetScheduleCommand({ Name }))),
  );
  const condition = mapReading(
    answer,
    ({ State, ScheduleExpression, Target, StartDate, EndDate, FlexibleTimeWindow }) =>
      pick({
        state: State,
        every: ScheduleExpression,
        starts: Target?.Arn,
        role: Target?.RoleArn,
        brings: Target?.Input === undefined ? undefined : digestOf(Target.Input).slice(0, SHOWN_DIGEST),
        from: StartDate?.toISOString(),
        until: EndDate?.toISOString(),
        lateMinutes: FlexibleTimeWindow?.MaximumWindowInMinutes,
      }),
  );
  return { watched: { condition: condition.status === 'skipped' ? ABSENT : condition } };
};
