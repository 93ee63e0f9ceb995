import { consoleHost, type AdviceRequest, type KindAdvice } from '#core/advice.ts';
import type { JsonReading } from '#core/reading.ts';
import { BLOCK_FLAGS, flagsAt } from '#core/s3/block.ts';

/** How to go back, and what not to be misled by, when the account's block moved. Facts: aws-facts §1.2, incidents A (08:30). */
export const advice: KindAdvice = {
  wayBack({ ref, accepted }) {
    const before = flagsAt(accepted?.watched['publicAccessBlock']);
    const command = 'aws s3control';
    if (before.status === 'absent')
      return { commands: [`${command} delete-public-access-block --account-id ${ref.account}`] };
    if (before.status !== 'present') return { commands: [], note: 'what it was before is not known' };
    const flags = BLOCK_FLAGS.map((flag) => `${flag}=${before.value[flag]}`).join(',');
    return {
      commands: [
        `${command} put-public-access-block --account-id ${ref.account} --public-access-block-configuration ${flags}`,
      ],
    };
  },

  notMisledBy(request) {
    return [
      ...(isTurnedOn(request, 'BlockPublicAcls')
        ? ['A test upload without --acl succeeds and proves nothing: only uploads that carry a public ACL are refused.']
        : []),
      'The settings of a single bucket may look unchanged: the account level overrides them all.',
    ];
  },

  consoleLink: (_ref, partition) => `https://${consoleHost(partition)}/s3/settings`,
};

/** Was the flag turned on by these changes? It may have been on before, and another one moved. */
function isTurnedOn({ changes }: AdviceRequest, flag: (typeof BLOCK_FLAGS)[number]): boolean {
  return changes.some(({ path, before, after }) => {
    const isOn = (reading: JsonReading): boolean => {
      if (path.endsWith(`.${flag}`)) return reading.status === 'present' && reading.value === true;
      const flags = flagsAt(reading);
      return flags.status === 'present' && flags.value[flag];
    };
    return (path.endsWith(`.${flag}`) || !path.includes('.')) && isOn(after) && !isOn(before);
  });
}
