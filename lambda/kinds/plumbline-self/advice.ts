import { consoleHost, shellQuoted, type AdviceRequest, type KindAdvice } from '#core/advice.ts';
import { ALARMS, sortOf, TRAILS } from '#core/own-parts.ts';
import { textOf } from '#core/json.ts';

/** How to make the service hear and speak again. */
export const advice: KindAdvice = {
  wayBack(request) {
    const { accepted, changes } = request;
    const name = textOf(accepted?.carried['name']);
    const paths = changes.map(({ path }) => path);
    if (paths.every((path) => path === 'purged'))
      return { commands: [], note: 'what was thrown away cannot be had back; the sweep finds what it told of' };
    const command = name === undefined ? undefined : commandFor(request, name);
    return {
      commands: command === undefined ? [] : [command],
      note: 'deploying the stack again puts back whatever it made; until then trust no silence',
    };
  },

  notMisledBy: () => [
    'A quiet service proves nothing while this is open: what moved in the meantime may not have been heard of.',
  ],

  consoleLink: ({ region }, partition) =>
    `https://${consoleHost(partition)}/cloudformation/home?region=${region}#/stacks`,
};

/** The command that undoes the plainest way to silence each sort; the rest is for a deployment. */
function commandFor({ ref, changes }: AdviceRequest, name: string): string | undefined {
  const has = (path: string): boolean => changes.some((change) => change.path === path);
  const where = `--region ${ref.region}`;
  switch (sortOf(ref.id)) {
    case 'rule':
      return has('condition.state') ? `aws events enable-rule --name ${shellQuoted(name)} ${where}` : undefined;
    case 'function':
      return has('condition.concurrency')
        ? `aws lambda delete-function-concurrency --function-name ${shellQuoted(name)} ${where}`
        : undefined;
    case 'key':
      return has('condition.state') ? `aws kms enable-key --key-id ${shellQuoted(name)} ${where}` : undefined;
    case ALARMS:
      return `aws cloudwatch enable-alarm-actions --alarm-names $(aws cloudwatch describe-alarms --alarm-name-prefix ${shellQuoted(name)} --query 'MetricAlarms[].AlarmName' --output text ${where}) ${where}`;
    case TRAILS:
      return `aws cloudtrail start-logging ${where} --name "$(aws cloudtrail describe-trails ${where} --query 'trailList[0].TrailARN' --output text)"`;
    default:
      return undefined;
  }
}
